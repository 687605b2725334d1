import CLinux

// Descriptors and timers. All loop only.
extension LoopThread {
  /// When the wait before this turn ended, on the loop's clock: own time of what a descriptor brought begins here.
  public var wokeAtNanoseconds: Int64 {
    checkIsolated()
    return state.wokeAtNanoseconds
  }

  /// Calls `handler` on the loop whenever the descriptor is ready (level-triggered). The caller keeps owning the
  /// descriptor and unwatches it before closing it.
  public func watch(
    _ descriptor: Int32, for interest: Readiness, handler: @escaping (Readiness) -> Void
  ) throws(EventLoopError) -> DescriptorID {
    checkIsolated()
    precondition(state.handlers.count < Self.descriptorCapacity, "more descriptors than a loop may watch: a leak")
    state.lastDescriptor += 1
    let id = DescriptorID(number: state.lastDescriptor)
    let added = clinux_epoll_add(epoll, descriptor, interest.rawValue, id.number)
    guard added >= 0 else { throw .cannotRegister(descriptor: descriptor, errno: -added) }
    state.handlers[id.number] = handler
    state.descriptors[id.number] = descriptor
    return id
  }

  /// Changes what the handler wants to hear about. Unknown ids are ignored.
  public func setInterest(_ interest: Readiness, of id: DescriptorID) {
    checkIsolated()
    guard let descriptor = state.descriptors[id.number] else { return }
    let result = clinux_epoll_modify(epoll, descriptor, interest.rawValue, id.number)
    precondition(result >= 0, "descriptor \(descriptor) was closed while it was watched: errno \(-result)")
  }

  /// The handler is not called any more, not even for events of the present turn. Unknown ids are ignored.
  public func unwatch(_ id: DescriptorID) {
    checkIsolated()
    state.handlers[id.number] = nil
    guard let descriptor = state.descriptors.removeValue(forKey: id.number) else { return }
    let result = clinux_epoll_remove(epoll, descriptor)
    precondition(result >= 0, "descriptor \(descriptor) was closed while it was watched: errno \(-result)")
  }

  /// Calls `handler` once, on the loop, at or after a time of `clock`.
  @discardableResult
  public func schedule(atNanoseconds deadline: Int64, handler: @escaping () -> Void) -> TimerID {
    checkIsolated()
    precondition(state.timers.count < Self.timerCapacity, "more timers than a loop may hold: a leak")
    return state.timers.insert(deadline: deadline, handler)
  }

  @discardableResult
  public func schedule(afterNanoseconds delay: Int64, handler: @escaping () -> Void) -> TimerID {
    schedule(atNanoseconds: clock.nowNanoseconds + max(0, delay), handler: handler)
  }

  /// Returns false when the timer has fired or was canceled before. After it the handler is not called.
  @discardableResult
  public func cancel(_ timer: TimerID) -> Bool {
    checkIsolated()
    return state.timers.cancel(timer)
  }
}
