import Testing

@testable import EventLoop

@Suite struct TimerHeapTests {
  @Test func `timers fire by deadline and, at one deadline, in the order they were set`() {
    var heap = TimerHeap<String>()
    _ = heap.insert(deadline: 30, "c")
    _ = heap.insert(deadline: 10, "a1")
    _ = heap.insert(deadline: 20, "b")
    _ = heap.insert(deadline: 10, "a2")
    var fired: [String] = []
    while let next = heap.popDue(at: 20) { fired.append(next) }
    #expect(fired == ["a1", "a2", "b"])
    let deadline = heap.nextDeadline()
    #expect(deadline == 30)
    #expect(heap.count == 1)
  }

  @Test func `a canceled timer never fires and cannot be canceled twice`() {
    var heap = TimerHeap<Int>()
    let id = heap.insert(deadline: 1, 1)
    let first = heap.cancel(id)
    let second = heap.cancel(id)
    let due = heap.popDue(at: 100)
    let deadline = heap.nextDeadline()
    #expect(first)
    #expect(!second)
    #expect(due == nil)
    #expect(deadline == nil)
  }

  @Test(arguments: [1 as UInt64, 2, 3])
  func `1,000 random timers, a third of them canceled, come out sorted and complete`(seed: UInt64) {
    var random = Entropy.seeded(seed)
    var heap = TimerHeap<Int64>()
    var expected: [Int64] = []
    for _ in 0..<1_000 {
      let deadline = Int64.random(in: 0..<500, using: &random)
      let id = heap.insert(deadline: deadline, deadline)
      if Int.random(in: 0..<3, using: &random) == 0 {
        _ = heap.cancel(id)
      } else {
        expected.append(deadline)
      }
    }
    var fired: [Int64] = []
    while let next = heap.popDue(at: 1_000) { fired.append(next) }
    #expect(fired == expected.sorted())
  }
}
