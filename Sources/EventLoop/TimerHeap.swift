/// Names one scheduled timer; never used twice by one loop.
public struct TimerID: Hashable, Sendable {
  let number: UInt64
}

/// A binary heap of deadlines in nanoseconds. Pure; same deadlines fire in the order in which they were set.
struct TimerHeap<Payload> {
  private struct Entry {
    let deadline: Int64
    let number: UInt64
    func isBefore(_ other: Entry) -> Bool { (deadline, number) < (other.deadline, other.number) }
  }

  private var entries: [Entry] = []
  private var payloads: [UInt64: Payload] = [:]
  private var lastNumber: UInt64 = 0

  var count: Int { payloads.count }

  mutating func insert(deadline: Int64, _ payload: Payload) -> TimerID {
    lastNumber += 1
    payloads[lastNumber] = payload
    entries.append(Entry(deadline: deadline, number: lastNumber))
    siftUp(entries.count - 1)
    return TimerID(number: lastNumber)
  }

  /// Returns false when the timer has fired or was canceled before.
  mutating func cancel(_ id: TimerID) -> Bool {
    guard payloads.removeValue(forKey: id.number) != nil else { return false }
    // Canceled entries stay in the heap until they surface; more dead than alive would make memory follow the rate of
    // cancelations (a ping deadline is set and canceled for ever).
    if entries.count > 64 && entries.count > 2 * payloads.count { compact() }
    return true
  }

  /// The earliest deadline that is still alive.
  mutating func nextDeadline() -> Int64? {
    while let first = entries.first {
      if payloads[first.number] != nil { return first.deadline }
      removeFirst()
    }
    return nil
  }

  /// Takes the earliest timer that is due at `now`, or nil.
  mutating func popDue(at now: Int64) -> Payload? {
    guard let deadline = nextDeadline(), deadline <= now else { return nil }
    let number = entries[0].number
    removeFirst()
    return payloads.removeValue(forKey: number)
  }

  private mutating func compact() {
    let live = entries.filter { payloads[$0.number] != nil }
    entries.removeAll(keepingCapacity: true)
    for entry in live {
      entries.append(entry)
      siftUp(entries.count - 1)
    }
  }

  private mutating func removeFirst() {
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    siftDown(0)
  }

  private mutating func siftUp(_ start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard entries[index].isBefore(entries[parent]) else { return }
      entries.swapAt(index, parent)
      index = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var index = start
    while true {
      let left = 2 * index + 1
      guard left < entries.count else { return }
      let right = left + 1
      let smaller = right < entries.count && entries[right].isBefore(entries[left]) ? right : left
      guard entries[smaller].isBefore(entries[index]) else { return }
      entries.swapAt(index, smaller)
      index = smaller
    }
  }
}
