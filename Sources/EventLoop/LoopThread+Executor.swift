extension LoopThread: SerialExecutor, TaskExecutor {
  public func enqueue(_ job: consuming ExecutorJob) {
    enqueueJob(UnownedJob(job))
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }

  /// Makes `assumeIsolated` legal in handlers and timers, which are no Swift tasks (SE-0424).
  public func checkIsolated() {
    precondition(isOnLoop, "not on the thread of loop \(name)")
  }

  public func isIsolatingCurrentContext() -> Bool? {
    isOnLoop
  }
}
