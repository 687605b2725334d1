import Trading

/// What happens when: earliest first, ties in the order in which they were entered.
///
/// Elements are large and stay where they were put; only their order moves.
struct EventHeap<Element: Sendable>: Sendable {
  private struct Entry: Sendable {
    let time: Instant
    let sequence: UInt64
    let place: Int

    func isBefore(_ other: Entry) -> Bool { time == other.time ? sequence < other.sequence : time < other.time }
  }

  private var entries: [Entry] = []
  private var elements: [Element?] = []
  private var freePlaces: [Int] = []
  private var sequence: UInt64 = 0

  var nextTime: Instant? { entries.first?.time }

  mutating func push(_ element: consuming Element, at time: Instant) {
    let place: Int
    if let free = freePlaces.popLast() {
      place = free
      elements[free] = element
    } else {
      place = elements.count
      elements.append(element)
    }
    entries.append(Entry(time: time, sequence: sequence, place: place))
    sequence += 1
    rise()
  }

  mutating func pop() -> (time: Instant, element: Element)? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      sink()
    }
    freePlaces.append(first.place)
    return elements[first.place].take().map { (first.time, $0) }
  }

  private mutating func rise() {
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].isBefore(entries[parent]) else { return }
      entries.swapAt(child, parent)
      child = parent
    }
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
