public import EventLoop
import Trading
public import Venue

/// The way of every REST request: the budget is asked first, the transport sends, and what the answer says about limits
/// goes back into the budget.
///
/// What has no room is answered `notSent` at once, with the time to wait: nothing queues here, because by the time
/// there is room the core may want something else.
public final class BudgetedTransport: Sendable {
  /// What became of one request, for metrics and logs.
  public struct Report: Hashable, Sendable {
    public let label: String
    public let purpose: HTTPRequest.Purpose
    public let result: Kind
    public let duration: Duration
    /// After it; with `weightLimit` for the gauges.
    public let weightUsed: Int
    public let weightLimit: Int

    public enum Kind: Hashable, Sendable {
      case status(Int)
      case lost
      case notSent
      /// The budget did not let it out.
      case shed

      /// A value of the `status` label of `backstop_requests_total`.
      public var statusLabel: String {
        switch self {
        case .status(418): "418"
        case .status(429): "429"
        case .status(200..<300): "2xx"
        case .status(300..<400): "3xx"
        case .status(400..<500): "4xx"
        case .status(500..<600): "5xx"
        case .status: "other"
        case .lost: "lost"
        case .notSent, .shed: "not_sent"
        }
      }
    }
  }

  private let transport: HTTPTransport
  private let budget: Locked<RequestBudget>
  private let clock: MonotonicClock
  private let venueMicroseconds: @Sendable () -> Int64
  private let observe: @Sendable (Report) -> Void

  /// - Parameters:
  ///   - weightLimit: per minute; `setLimit` when the venue says otherwise.
  ///   - venueMicroseconds: the venue's clock as far as known; this machine's calendar clock will do.
  ///   - observe: called once per request on the completion's thread, before the completion; must not block.
  public init(
    transport: HTTPTransport, weightLimit: Int, clock: MonotonicClock = .system,
    venueMicroseconds: @escaping @Sendable () -> Int64 = { WallClock.system.nowMicroseconds },
    observe: @escaping @Sendable (Report) -> Void = { _ in }
  ) {
    self.transport = transport
    budget = Locked(RequestBudget(limit: weightLimit))
    self.clock = clock
    self.venueMicroseconds = venueMicroseconds
    self.observe = observe
  }

  /// As `HTTPTransport.perform`. Never blocks; the completion comes exactly once, on the transport's thread or on this
  /// one.
  public func perform(
    _ request: HTTPRequest, deadline: Duration, completion: @escaping @Sendable (HTTPResult) -> Void
  ) {
    let started = now
    let venueTime = self.venueTime
    let (decision, booking) = budget.withLock {
      $0.decide(weight: request.weight, purpose: request.purpose, at: started, venueTime: venueTime)
    }
    switch decision {
    case .go:
      transport.perform(request, deadline: deadline) { [self] result in
        settle(booking, result)
        report(request, kind(of: result), since: started)
        completion(result)
      }
    case .wait(let until):
      report(request, .shed, since: started)
      completion(
        .notSent("\(request.label): the request budget of this minute is used up", retryAfter: until - started))
    case .refuse(let refusal):
      report(request, .shed, since: started)
      var retryAfter: Duration?
      if case .banned(let until) = refusal { retryAfter = until - started }
      completion(.notSent("\(request.label): \(refusal)", retryAfter: retryAfter))
    }
  }

  /// As above. Cancelling the task does not take the request back.
  public func perform(_ request: HTTPRequest, deadline: Duration) async -> HTTPResult {
    await withCheckedContinuation { continuation in
      perform(request, deadline: deadline) { continuation.resume(returning: $0) }
    }
  }

  /// The venue's count as the WebSocket API's answers show it; both ways share one limit.
  public func note(usedWeight: Int) {
    let venueTime = self.venueTime
    budget.withLock { $0.note(usedWeight: usedWeight, venueTime: venueTime) }
  }

  /// A 429 or 418 that came by the WebSocket API silences REST too.
  public func noteRefusal(isBan: Bool, retryAfter: Duration?) {
    let (now, venueTime) = (self.now, self.venueTime)
    budget.withLock { $0.noteRefusal(isBan: isBan, retryAfter: retryAfter, at: now, venueTime: venueTime) }
  }

  /// From the venue's `exchangeInfo`.
  public func setLimit(_ limit: Int) { budget.withLock { $0.setLimit(limit) } }

  /// A copy, for people and metrics.
  public var budgetNow: RequestBudget { budget.withLock { $0 } }

  private var now: Instant { Instant(nanoseconds: clock.nowNanoseconds) }
  private var venueTime: Timestamp { Timestamp(microseconds: venueMicroseconds()) }

  private func settle(_ booking: RequestBudget.Booking, _ result: HTTPResult) {
    let (now, venueTime) = (self.now, self.venueTime)
    budget.withLock { budget in
      switch result {
      case .response(let response):
        budget.settle(booking, usedWeight: response.usedWeight, wasSent: true, venueTime: venueTime)
        if response.status == 429 || response.status == 418 {
          budget.noteRefusal(
            isBan: response.status == 418, retryAfter: response.retryAfter, at: now, venueTime: venueTime)
        }
      case .lost: budget.settle(booking, usedWeight: nil, wasSent: true, venueTime: venueTime)
      case .notSent: budget.settle(booking, usedWeight: nil, wasSent: false, venueTime: venueTime)
      }
    }
  }

  private func kind(of result: HTTPResult) -> Report.Kind {
    switch result {
    case .response(let response): .status(response.status)
    case .lost: .lost
    case .notSent: .notSent
    }
  }

  private func report(_ request: HTTPRequest, _ kind: Report.Kind, since started: Instant) {
    let budget = budgetNow
    observe(
      Report(
        label: request.label, purpose: request.purpose, result: kind, duration: now - started,
        weightUsed: budget.used, weightLimit: budget.limit))
  }
}
