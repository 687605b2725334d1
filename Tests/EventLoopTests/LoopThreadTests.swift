import EventLoop
import Glibc
import Testing

/// Ends a loop even when the test body throws.
private func withLoop(
  clock: MonotonicClock = .system, _ body: (LoopThread) async throws -> Void
) async throws {
  let loop = try LoopThread(name: "test-loop", clock: clock)
  try loop.start()
  defer {
    loop.stop()
    loop.join()
  }
  try await body(loop)
}

extension LoopThread {
  /// Runs `body` on the loop and waits for its value.
  fileprivate func call<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      enqueue { continuation.resume(returning: body()) }
    }
  }
}

private actor Account {
  private let loop: LoopThread
  private(set) var seen: [Int] = []

  init(loop: LoopThread) { self.loop = loop }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  func add(_ value: Int) { seen.append(value) }
  func isOnLoop() -> Bool { loop.isOnLoop }
}

@Suite struct LoopThreadTests {
  @Test func `1,000 closures run on the loop's thread in the order they were queued`() async throws {
    try await withLoop { loop in
      let seen = Locked<[Int]>([])
      for index in 0..<1_000 {
        loop.enqueue {
          loop.checkIsolated()
          seen.withLock { $0.append(index) }
        }
      }
      await loop.call {}
      #expect(seen.withLock { $0 } == Array(0..<1_000))
      #expect(!loop.isOnLoop)
    }
  }

  @Test func `an actor on the loop runs there and is entered by assumeIsolated without a hop`() async throws {
    try await withLoop { loop in
      let account = Account(loop: loop)
      #expect(await account.isOnLoop())
      await loop.call {
        account.assumeIsolated { $0.add(1) }
        account.assumeIsolated { $0.add(2) }
      }
      await account.add(3)
      #expect(await account.seen == [1, 2, 3])
    }
  }

  @Test func `a task with the loop as its preference runs on the loop`() async throws {
    try await withLoop { loop in
      let task = Task(executorPreference: loop) { () -> Bool in
        await Task.yield()
        return loop.isIsolatingCurrentContext() ?? false
      }
      #expect(await task.value)
    }
  }

  @Test func `timers fire in order when a manual clock passes them, and a canceled one does not`() async throws {
    let clock = ManualClock()
    try await withLoop(clock: clock.monotonic) { loop in
      let fired = Locked<[String]>([])
      let (stream, done) = AsyncStream<Void>.makeStream()
      await loop.call {
        loop.schedule(afterNanoseconds: 2_000_000_000) { fired.withLock { $0.append("2 s") } }
        loop.schedule(afterNanoseconds: 1_000_000_000) { fired.withLock { $0.append("1 s") } }
        let canceled = loop.schedule(afterNanoseconds: 1_500_000_000) { fired.withLock { $0.append("never") } }
        loop.schedule(afterNanoseconds: 3_000_000_000) { done.finish() }
        #expect(loop.cancel(canceled))
        #expect(!loop.cancel(canceled))
      }
      clock.advance(bySeconds: 1)
      await loop.call {}
      await loop.call {}
      #expect(fired.withLock { $0 } == ["1 s"])
      clock.advance(bySeconds: 2)
      for await _ in stream {}
      #expect(fired.withLock { $0 } == ["1 s", "2 s"])
    }
  }

  @Test func `a timer on the system clock fires by itself`() async throws {
    try await withLoop { loop in
      let start = MonotonicClock.system.nowNanoseconds
      let fired = await withCheckedContinuation { continuation in
        loop.enqueue {
          loop.schedule(afterNanoseconds: 5_000_000) {
            continuation.resume(returning: MonotonicClock.system.nowNanoseconds)
          }
        }
      }
      #expect(fired - start >= 5_000_000)
    }
  }

  @Test func `a descriptor's handler runs on the loop, and an unwatched one is silent within the same turn`()
    async throws
  {
    var ends: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let (near, far) = (ends[0], ends[1])
    defer {
      close(near)
      close(far)
    }
    try await withLoop { loop in
      let received: [UInt8] = await withCheckedContinuation { continuation in
        loop.enqueue {
          let id = Locked<DescriptorID?>(nil)
          let watched = try? loop.watch(near, for: .readable) { readiness in
            loop.checkIsolated()
            #expect(readiness.contains(.readable))
            var buffer = [UInt8](repeating: 0, count: 16)
            let count = read(near, &buffer, buffer.count)
            if let id = id.withLock({ $0 }) { loop.unwatch(id) }
            continuation.resume(returning: Array(buffer.prefix(max(0, count))))
          }
          id.withLock { $0 = watched }
        }
        _ = write(far, "ping", 4)
      }
      #expect(received == Array("ping".utf8))
      // A second resume of the continuation would trap.
      _ = write(far, "more", 4)
      await loop.call {}
      await loop.call {}
    }
  }

  @Test func `a stopped loop refuses closures, finishes what was queued, and still runs jobs of its actors`()
    async throws
  {
    let loop = try LoopThread(name: "test-stop")
    let account = Account(loop: loop)
    let ran = Locked(0)
    for _ in 0..<10 { loop.enqueue { ran.withLock { $0 += 1 } } }
    try loop.start()
    loop.stop()
    loop.join()
    #expect(ran.withLock { $0 } == 10)
    #expect(!loop.enqueue {})
    await account.add(7)
    #expect(await account.seen == [7])
  }

  @Test func `closures beyond the capacity are refused and nothing is lost before`() async throws {
    let loop = try LoopThread(name: "test-full")
    let ran = Locked(0)
    var accepted = 0
    for _ in 0..<(LoopThread.queueCapacity + 10) where loop.enqueue({ ran.withLock { $0 += 1 } }) { accepted += 1 }
    #expect(accepted == LoopThread.queueCapacity)
    try loop.start()
    loop.stop()
    loop.join()
    #expect(ran.withLock { $0 } == accepted)
  }
}
