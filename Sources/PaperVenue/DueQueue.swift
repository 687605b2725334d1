import Trading

/// A binary heap of things that fall due: earliest first, ties in the order of arrival.
struct DueQueue<Element: Sendable>: Sendable {
  private struct Entry: Sendable {
    let due: Timestamp
    let sequence: UInt64
    let element: Element

    func isBefore(_ other: Entry) -> Bool { due == other.due ? sequence < other.sequence : due < other.due }
  }

  private var heap: [Entry] = []
  private var sequence: UInt64 = 0

  var nextDue: Timestamp? { heap.first?.due }
  var count: Int { heap.count }

  mutating func push(_ element: Element, due: Timestamp) {
    heap.append(Entry(due: due, sequence: sequence, element: element))
    sequence += 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].isBefore(heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// The earliest element that is due at `now`.
  mutating func pop(at now: Timestamp) -> (due: Timestamp, element: Element)? {
    guard let first = heap.first, first.due <= now else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    return (first.due, first.element)
  }

  private mutating func sink() {
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < heap.count else { return }
      let right = left + 1
      let smaller = right < heap.count && heap[right].isBefore(heap[left]) ? right : left
      guard heap[smaller].isBefore(heap[parent]) else { return }
      heap.swapAt(parent, smaller)
      parent = smaller
    }
  }
}
