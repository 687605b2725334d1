import EventLoop

/// Runs a blocking body (libpq, child processes) on a thread of its own, so that a test never holds one of the pool's
/// threads: there are as few as two, and other tests need them.
public func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  let worker = try WorkerThread(name: "test-blocking", capacity: 1)
  defer { worker.stop() }
  return try await worker.run { Result { try body() } }.get()
}
