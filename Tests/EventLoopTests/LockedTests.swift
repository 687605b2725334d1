import EventLoop
import Testing

@Suite struct LockedTests {
  @Test func `4 tasks adding 10,000 times each never lose an addition`() async {
    let total = Locked(0)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<10_000 { total.withLock { $0 += 1 } }
        }
      }
    }
    #expect(total.withLock { $0 } == 40_000)
  }

  @Test func `an error thrown inside leaves the lock free`() {
    struct Refused: Error {}
    let value = Locked(1)
    #expect(throws: Refused.self) {
      try value.withLock { (value) throws(Refused) in
        value = 2
        throw Refused()
      }
    }
    #expect(value.withLock { $0 } == 2)
  }
}
