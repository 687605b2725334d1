import EventLoop
import Testing

@Suite struct WorkerThreadTests {
  @Test func `work runs in order on one thread, and run returns its value`() async throws {
    let worker = try WorkerThread(name: "test-worker", capacity: 128)
    let seen = Locked<[Int]>([])
    for index in 0..<100 { #expect(worker.submit { seen.withLock { $0.append(index) } }) }
    let value = try await worker.run { worker.isOnWorker }
    #expect(value)
    #expect(seen.withLock { $0 } == Array(0..<100))
    worker.stop()
    worker.join()
  }

  @Test func `the 3rd waiting closure is refused when the capacity is 2`() async throws {
    let worker = try WorkerThread(name: "test-bound", capacity: 2)
    let gate = Locked<CheckedContinuation<Void, Never>?>(nil)
    let release = Gate()
    await withCheckedContinuation { started in
      gate.withLock { $0 = started }
      _ = worker.submit {
        gate.withLock { $0 }?.resume()
        release.wait()
      }
    }
    #expect(worker.submit {})
    #expect(worker.submit {})
    #expect(!worker.submit {})
    #expect(worker.waitingCount == 2)
    release.open()
    worker.stop()
    worker.join()
    #expect(worker.waitingCount == 0)
  }

  @Test func `a stopped worker finishes its queue and refuses more`() async throws {
    let worker = try WorkerThread(name: "test-drain", capacity: 16)
    let ran = Locked(0)
    for _ in 0..<10 { #expect(worker.submit { ran.withLock { $0 += 1 } }) }
    worker.stop()
    worker.join()
    #expect(ran.withLock { $0 } == 10)
    await #expect(throws: EventLoopError.workerRefused(name: "test-drain")) {
      try await worker.run { 1 }
    }
  }

  @Test func `an actor may live on a worker, also after the worker has ended`() async throws {
    actor Connection {
      let worker: WorkerThread
      init(worker: WorkerThread) { self.worker = worker }
      nonisolated var unownedExecutor: UnownedSerialExecutor { worker.asUnownedSerialExecutor() }
      func isOnWorker() -> Bool { worker.isOnWorker }
    }
    let worker = try WorkerThread(name: "test-actor", capacity: 1)
    let connection = Connection(worker: worker)
    #expect(await connection.isOnWorker())
    worker.stop()
    worker.join()
    #expect(await connection.isOnWorker())
  }

  @Test func `what a closure held is let go once it ran, although the worker lives on`() async throws {
    final class Held: Sendable {}
    let worker = try WorkerThread(name: "test-release", capacity: 4)
    var held: Held? = Held()
    weak let observed = held
    _ = worker.submit { [held] in _ = held }
    held = nil
    // The second call begins after the first closure was dropped.
    try await worker.run {}
    try await worker.run {}
    #expect(observed == nil)
    worker.stop()
    worker.join()
  }
}
