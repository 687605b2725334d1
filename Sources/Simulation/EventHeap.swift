import Trading

/// What happens when: earliest first, ties in the order in which they were entered.
struct EventHeap<Element: Sendable>: Sendable {
  private struct Entry: Sendable {
    let time: Instant
    let sequence: UInt64
    let element: Element

    func isBefore(_ other: Entry) -> Bool { time == other.time ? sequence < other.sequence : time < other.time }
  }

  private var entries: [Entry] = []
  private var sequence: UInt64 = 0

  var nextTime: Instant? { entries.first?.time }

  mutating func push(_ element: Element, at time: Instant) {
    entries.append(Entry(time: time, sequence: sequence, element: element))
    sequence += 1
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].isBefore(entries[parent]) else { break }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> (time: Instant, element: Element)? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      sink()
    }
    return (first.time, first.element)
  }

  private mutating func sink() {
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < entries.count else { return }
      let right = left + 1
      let smaller = right < entries.count && entries[right].isBefore(entries[left]) ? right : left
      guard entries[smaller].isBefore(entries[parent]) else { return }
      entries.swapAt(parent, smaller)
      parent = smaller
    }
  }
}
