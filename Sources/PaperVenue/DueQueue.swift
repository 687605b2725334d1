/// What falls due when: earliest first, ties in the order in which they were entered. A binary heap.
///
/// Elements are large and stay where they were put; only their order moves. Inlinable, so that whoever keeps time with
/// it gets one made for its own elements.
public struct DueQueue<Time: Comparable & Sendable, Element: Sendable>: Sendable {
  @usableFromInline
  struct Key: Sendable {
    @usableFromInline let due: Time
    @usableFromInline let sequence: UInt64
    @usableFromInline let place: Int

    @inlinable
    init(due: Time, sequence: UInt64, place: Int) {
      self.due = due
      self.sequence = sequence
      self.place = place
    }

    @inlinable
    func isBefore(_ other: Key) -> Bool { due == other.due ? sequence < other.sequence : due < other.due }
  }

  @usableFromInline var keys: [Key] = []
  @usableFromInline var elements: [Element?] = []
  @usableFromInline var freePlaces: [Int] = []
  @usableFromInline var sequence: UInt64 = 0

  public init() {}

  @inlinable public var nextDue: Time? { keys.first?.due }

  @inlinable
  public mutating func push(_ element: consuming Element, at time: Time) {
    let place: Int
    if let free = freePlaces.popLast() {
      place = free
      elements[free] = element
    } else {
      place = elements.count
      elements.append(element)
    }
    keys.append(Key(due: time, sequence: sequence, place: place))
    sequence += 1
    rise()
  }

  /// The earliest element.
  @inlinable
  public mutating func pop() -> (due: Time, element: Element)? {
    guard let first = keys.first else { return nil }
    let last = keys.removeLast()
    if !keys.isEmpty {
      keys[0] = last
      sink()
    }
    freePlaces.append(first.place)
    return elements[first.place].take().map { (first.due, $0) }
  }

  /// The earliest element, if it is due at `now`.
  @inlinable
  public mutating func pop(dueAt now: Time) -> (due: Time, element: Element)? {
    guard let nextDue, nextDue <= now else { return nil }
    return pop()
  }

  @inlinable
  mutating func rise() {
    var child = keys.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard keys[child].isBefore(keys[parent]) else { return }
      keys.swapAt(child, parent)
      child = parent
    }
  }

  @inlinable
  mutating func sink() {
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < keys.count else { return }
      let right = left + 1
      let smaller = right < keys.count && keys[right].isBefore(keys[left]) ? right : left
      guard keys[smaller].isBefore(keys[parent]) else { return }
      keys.swapAt(parent, smaller)
      parent = smaller
    }
  }
}
