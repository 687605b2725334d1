import Trading

/// A binary heap of things that fall due: earliest first, ties in the order of arrival. The heap moves small keys only;
/// the things themselves stay where they were put.
struct DueQueue<Element: Sendable>: Sendable {
  private struct Key: Sendable {
    let due: Timestamp
    let sequence: UInt64
    let slot: Int

    func isBefore(_ other: Key) -> Bool { due == other.due ? sequence < other.sequence : due < other.due }
  }

  private var heap: [Key] = []
  private var slots: [Element?] = []
  private var freeSlots: [Int] = []
  private var sequence: UInt64 = 0

  var nextDue: Timestamp? { heap.first?.due }
  var count: Int { heap.count }

  mutating func push(_ element: Element, due: Timestamp) {
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = free
      slots[slot] = element
    } else {
      slot = slots.count
      slots.append(element)
    }
    heap.append(Key(due: due, sequence: sequence, slot: slot))
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
    guard let element = slots[first.slot].take() else { preconditionFailure("every key has its element") }
    freeSlots.append(first.slot)
    return (first.due, element)
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
