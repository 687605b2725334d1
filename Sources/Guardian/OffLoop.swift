import EventLoop

/// Runs a blocking call (libpq, child processes, joining a thread) on a thread of its own: the pool has as few as two.
enum OffLoop {
  static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    guard let worker = try? WorkerThread(name: "off-loop", capacity: 1) else { return body() }
    defer { worker.stop() }
    do throws(EventLoopError) { return try await worker.run(body) } catch { return body() }
  }
}
