import CCurl
import EventLoop
import Trading
import Venue

/// What runs on the transport's thread: one curl multi handle and the requests that wait for it.
final class CurlLoop: @unchecked Sendable {
  // Unchecked because of `multi` and of `lane`, which only the transport's thread touches after `init`; the one call
  // that comes from other threads, `curl_multi_wakeup`, is made for that. The handle lives as long as this object,
  // which every caller retains.
  let origin: HTTPOrigin
  private let configuration: HTTPTransportConfiguration
  private let clock: MonotonicClock
  private let wallClock: WallClock
  private let multi: UnsafeMutableRawPointer
  private let inbox = Locked(Inbox())
  private var lane = Lane()

  private struct Inbox {
    var arrived: [PendingRequest] = []
    /// Accepted and not completed.
    var outstanding = 0
    var isStopped = false
  }

  /// State of the transport's thread.
  private struct Lane {
    var waiting: [PendingRequest] = []
    var active: [ObjectIdentifier: CurlTransfer] = [:]
    var idleHandles: [UnsafeMutableRawPointer] = []
    var lastGoodAddress: String?
  }

  /// Longest sleep without anything to do; libcurl shortens it for its own timers.
  private static let pollMillisecondsMax: Int64 = 60_000

  init(
    origin: HTTPOrigin, configuration: HTTPTransportConfiguration, clock: MonotonicClock, wallClock: WallClock
  ) throws(HTTPTransportError) {
    guard globalInitResult == 0 else { throw .cannotStart("curl_global_init returned \(globalInitResult)") }
    guard configuration.responseBytesMax > 0, configuration.connectTimeout > .zero else {
      throw .badLimit("the response size and the connect time-out must be above zero")
    }
    if let path = configuration.caFile, !ReadableFile.exists(at: path) { throw .unreadableCAFile(path: path) }
    guard let multi = curl_multi_init() else { throw .cannotStart("libcurl has no memory") }
    self.multi = multi
    self.origin = origin
    self.configuration = configuration
    self.clock = clock
    self.wallClock = wallClock
    _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Int(HTTPTransport.concurrentMax))
  }

  deinit {
    for handle in lane.idleHandles { curl_easy_cleanup(handle) }
    curl_multi_cleanup(multi)
  }

  // MARK: - From any thread

  func add(_ request: HTTPRequest, deadline: Duration, completion: @escaping @Sendable (HTTPResult) -> Void) {
    if let defect = request.wireDefect {
      return completion(.notSent("\(request.label): \(defect)", retryAfter: nil))
    }
    let pending = PendingRequest(
      request: request, deadlineNanoseconds: clock.nowNanoseconds &+ max(0, deadline.wholeNanoseconds),
      completion: completion)
    let refusal = inbox.withLock { inbox -> String? in
      if inbox.isStopped { return "the REST client is stopped" }
      if inbox.outstanding >= HTTPTransport.requestsMax { return "too many requests wait" }
      inbox.outstanding += 1
      inbox.arrived.append(pending)
      return nil
    }
    if let refusal { return completion(.notSent("\(request.label): \(refusal)", retryAfter: nil)) }
    curl_multi_wakeup(multi)
  }

  func stop() {
    inbox.withLock { $0.isStopped = true }
    curl_multi_wakeup(multi)
  }

  // MARK: - The transport's thread

  func run() {
    while true {
      let (arrived, isStopped) = inbox.withLock { inbox in
        defer { inbox.arrived = [] }
        return (inbox.arrived, inbox.isStopped)
      }
      lane.waiting += arrived
      if isStopped { return abandonEverything() }
      startWaiting()
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      finishTransfers()
      // A transfer that ended has made room: what waits starts before the thread sleeps.
      if lane.waiting.isEmpty || lane.active.count >= HTTPTransport.concurrentMax || !canStart() {
        curl_multi_poll(multi, nil, 0, pollMilliseconds(), nil)
      }
    }
  }

  private func canStart() -> Bool { lane.waiting.contains { hasRoom(for: $0.request.purpose) } }

  private func hasRoom(for purpose: HTTPRequest.Purpose) -> Bool {
    let limit: Int
    switch purpose {
    case .protect: limit = HTTPTransport.concurrentMax
    case .reconcile, .background: limit = HTTPTransport.concurrentMax - HTTPTransport.concurrentReservedForProtection
    }
    return lane.active.count < limit
  }

  /// The most urgent first, then by arrival.
  private func startWaiting() {
    let now = clock.nowNanoseconds
    for pending in lane.waiting where pending.deadlineNanoseconds <= now {
      complete(
        pending, .notSent("\(pending.request.label): its deadline passed before it could be sent", retryAfter: nil))
    }
    lane.waiting.removeAll { $0.deadlineNanoseconds <= now }
    while let index = mostUrgentIndex() {
      start(lane.waiting.remove(at: index), address: nil, attempt: 1)
    }
  }

  private func mostUrgentIndex() -> Int? {
    var best: Int?
    for (index, pending) in lane.waiting.enumerated() where hasRoom(for: pending.request.purpose) {
      if let known = best, lane.waiting[known].request.purpose >= pending.request.purpose { continue }
      best = index
    }
    return best
  }

  private func start(_ pending: PendingRequest, address: String?, attempt: Int) {
    guard let handle = lane.idleHandles.popLast() ?? curl_easy_init() else {
      return complete(pending, .notSent("\(pending.request.label): libcurl has no memory", retryAfter: nil))
    }
    let transfer = CurlTransfer(
      pending, handle: handle, origin: origin, configuration: configuration,
      limits: CurlTransfer.Limits(nowNanoseconds: clock.nowNanoseconds, address: address, attempt: attempt))
    guard transfer.isReady, curl_multi_add_handle(multi, handle) == CURLM_OK else {
      release(transfer)
      return complete(pending, .notSent("\(pending.request.label): libcurl refused the request", retryAfter: nil))
    }
    lane.active[ObjectIdentifier(transfer)] = transfer
  }

  private func finishTransfers() {
    var code: Int32 = 0
    while let handle = ccurl_next_finished(multi, &code) {
      guard let context = ccurl_context(handle) else { continue }
      let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
      finish(transfer, code: code)
    }
  }

  private func finish(_ transfer: CurlTransfer, code: Int32) {
    lane.active[ObjectIdentifier(transfer)] = nil
    let result = transfer.result(code: code, wallMicroseconds: wallClock.nowMicroseconds)
    if case .response = result, let address = transfer.address { lane.lastGoodAddress = address }
    let retry = transfer.couldNotResolve(code) ? nextAddress(after: transfer) : nil
    curl_multi_remove_handle(multi, transfer.handle)
    release(transfer)
    // Nothing was sent and nothing can have been: only the name could not be resolved (fault PR07).
    if let retry { return start(transfer.pending, address: retry, attempt: transfer.limits.attempt + 1) }
    complete(transfer.pending, result)
  }

  /// The address of the last good connection, then the configured ones, one per attempt.
  private func nextAddress(after transfer: CurlTransfer) -> String? {
    let addresses = [lane.lastGoodAddress].compactMap { $0 } + configuration.fallbackAddresses
    let index = transfer.limits.attempt - 1
    return index < addresses.count ? addresses[index] : nil
  }

  private func release(_ transfer: CurlTransfer) {
    transfer.freeLists()
    curl_easy_reset(transfer.handle)
    if lane.idleHandles.count < HTTPTransport.concurrentMax {
      lane.idleHandles.append(transfer.handle)
    } else {
      curl_easy_cleanup(transfer.handle)
    }
  }

  private func complete(_ pending: PendingRequest, _ result: HTTPResult) {
    inbox.withLock { $0.outstanding -= 1 }
    pending.completion(result)
  }

  private func abandonEverything() {
    for pending in lane.waiting {
      complete(pending, .notSent("\(pending.request.label): the REST client was stopped", retryAfter: nil))
    }
    lane.waiting = []
    for transfer in Array(lane.active.values) {
      let result = transfer.abandoned()
      curl_multi_remove_handle(multi, transfer.handle)
      release(transfer)
      complete(transfer.pending, result)
    }
    lane.active = [:]
  }

  private func pollMilliseconds() -> Int32 {
    let now = clock.nowNanoseconds
    let nearest = lane.waiting.map { ($0.deadlineNanoseconds - now) / 1_000_000 + 1 }.min() ?? Self.pollMillisecondsMax
    return Int32(clamping: max(0, min(nearest, Self.pollMillisecondsMax)))
  }
}

/// libcurl's one-time initialisation: lazy and thread-safe as every global.
private let globalInitResult = ccurl_global_init()
