import EventLoop
public import Trading
public import Venue

/// Keeps one private stream alive: when to connect, prove, replace and give up. A pure state machine: inputs with
/// their time in, actions out; it touches no socket and no clock, and its only randomness is the generator it was
/// given.
///
/// There are up to three connections: the *primary* whose epoch counts, a *candidate* that is to replace it, and a
/// *retiring* one that still delivers for a while. All of them deliver; what arrives twice is told apart above.
public struct StreamSupervisor: Sendable {
  public enum Input: Sendable, Equatable {
    case start
    case stop
    /// The WebSocket handshake is complete.
    case opened(LinkID)
    /// The dialect's judgement of a message.
    case verdict(LinkID, StreamVerdict)
    /// A ping, or anything else that proves that bytes flow.
    case heard(LinkID)
    case pong(LinkID)
    case closed(LinkID, StreamError)
    /// Somebody above has reason to doubt the stream (fault ST03 c).
    case doubt(String)
    /// `nextDeadline` has come.
    case tick
  }

  public enum Action: Sendable, Equatable {
    case connect(LinkID)
    /// Send the dialect's opening frames.
    case subscribe(LinkID)
    case ping(LinkID)
    case probe(LinkID)
    /// Close in order.
    case close(LinkID)
    /// Drop: the peer is believed dead.
    case drop(LinkID)
    case report(StreamReport)
  }

  let timings: StreamTimings
  var entropy: any RandomNumberGenerator & Sendable
  var isRunning = false
  var primary: StreamLink?
  var candidate: StreamLink?
  var retiring: (id: LinkID, closeAt: Instant)?
  /// When the next primary, or the next candidate, may be attempted.
  var retryAt: Instant?
  /// Set while a replacement is wanted.
  var rotation: (reason: StreamReport.RotationReason, attemptAt: Instant)?
  /// Failed attempts in a row; for the backoff.
  var failures = 0
  var epoch: Int64 = 0
  var lastLink: Int64 = 0

  public init(timings: StreamTimings = StreamTimings(), entropy: some RandomNumberGenerator & Sendable) {
    self.timings = timings
    self.entropy = entropy
  }

  /// The connection that carries commands: the one whose subscription stands; nil while there is none.
  public var commandLink: LinkID? { primary.flatMap { $0.phase == .live ? $0.id : nil } }

  /// The epoch that stands now.
  public var openEpoch: Int64? { commandLink == nil ? nil : epoch }

  /// When `tick` is due; nil when nothing is waited for.
  public var nextDeadline: Instant? {
    guard isRunning else { return nil }
    var deadline: Instant?
    func consider(_ instant: Instant?) {
      guard let instant else { return }
      deadline = deadline.map { min($0, instant) } ?? instant
    }
    consider(primary?.dueAt)
    consider(candidate?.dueAt)
    consider(retiring?.closeAt)
    if primary == nil { consider(retryAt) }
    if candidate == nil, primary?.phase == .live { consider(rotation?.attemptAt) }
    return deadline
  }

  /// Takes one input and returns what to do, in order. `budget` is shared by all streams of the process.
  public mutating func handle(
    _ input: Input, at now: Instant, budget: inout ConnectionBudget
  ) -> [Action] {
    var actions: [Action] = []
    switch input {
    case .start:
      guard !isRunning else { return [] }
      isRunning = true
      retryAt = now
    case .stop: stop(into: &actions)
    case .opened(let id): opened(id, at: now, into: &actions)
    case .verdict(let id, let verdict): judge(id, verdict, at: now, into: &actions)
    case .heard(let id): update(id) { $0.lastHeard = now }
    case .pong(let id): pong(id, at: now, into: &actions)
    case .closed(let id, let error): fail(id, error, isClosed: true, at: now, into: &actions)
    case .doubt(let reason): doubt(reason, at: now, into: &actions)
    case .tick: watch(at: now, into: &actions)
    }
    connectWhereDue(at: now, budget: &budget, into: &actions)
    return actions
  }

  // MARK: connecting

  private mutating func connectWhereDue(
    at now: Instant, budget: inout ConnectionBudget, into actions: inout [Action]
  ) {
    guard isRunning else { return }
    if primary == nil, let due = retryAt, due <= now {
      retryAt = nil
      if let later = budget.take(at: now) {
        retryAt = later
        actions.append(.report(.throttled(wait: later - now)))
      } else {
        let link = makeLink(at: now)
        primary = link
        actions.append(.connect(link.id))
      }
    }
    if candidate == nil, primary?.phase == .live, let wanted = rotation, wanted.attemptAt <= now {
      if let later = budget.take(at: now) {
        rotation = (wanted.reason, later)
        actions.append(.report(.throttled(wait: later - now)))
      } else {
        let link = makeLink(at: now)
        candidate = link
        actions.append(.report(.rotating(epoch: epoch, wanted.reason)))
        actions.append(.connect(link.id))
      }
    }
  }

  private mutating func makeLink(at now: Instant) -> StreamLink {
    lastLink += 1
    return StreamLink(id: LinkID(number: lastLink), now: now, timings: timings)
  }

  private mutating func opened(_ id: LinkID, at now: Instant, into actions: inout [Action]) {
    guard update(id, { $0.phase = .subscribing }) else { return }
    update(id) { $0.lastHeard = now }
    actions.append(.subscribe(id))
  }

  private mutating func stop(into actions: inout [Action]) {
    guard isRunning else { return }
    isRunning = false
    if primary?.phase == .live { actions.append(.report(.lost(epoch: epoch, .stopped))) }
    for id in [primary?.id, candidate?.id, retiring?.id] {
      if let id { actions.append(.close(id)) }
    }
    primary = nil
    candidate = nil
    retiring = nil
    retryAt = nil
    rotation = nil
    failures = 0
  }

  // MARK: state shared by the extensions

  /// Changes the link with this id, if there still is one.
  @discardableResult
  mutating func update(_ id: LinkID, _ body: (inout StreamLink) -> Void) -> Bool {
    if primary?.id == id {
      if var link = primary {
        body(&link)
        primary = link
      }
      return true
    }
    if candidate?.id == id {
      if var link = candidate {
        body(&link)
        candidate = link
      }
      return true
    }
    return false
  }

  /// Makes the primary's subscription count: a new epoch.
  mutating func beginEpoch(isContinuous: Bool, into actions: inout [Action]) {
    epoch += 1
    actions.append(.report(.opened(epoch: epoch, isContinuous: isContinuous)))
  }

  /// A replacement is wanted, as soon as possible. A suspicion may clear up, so any other reason outranks it.
  mutating func wantRotation(_ reason: StreamReport.RotationReason, at now: Instant) {
    guard let wanted = rotation else { return rotation = (reason, now) }
    if case .suspicion = wanted.reason { rotation = (reason, wanted.attemptAt) }
  }

  /// The wait before the next attempt: drawn between 0 and a bound that doubles with each failure (full jitter).
  mutating func drawBackoff(after error: StreamError) -> Duration {
    let doublings = min(max(0, failures - 1), 16)
    let bound = min(timings.backoffBase.wholeNanoseconds << Int64(doublings), timings.backoffCap.wholeNanoseconds)
    var wait = Int64.random(in: 0...max(1, bound), using: &entropy)
    switch error {
    case .refused(_, let retryAfterSeconds?):
      // Never earlier than the venue allows (429 and 418, binance.md §5), and still spread.
      wait += Duration.seconds(min(retryAfterSeconds, 86_400)).wholeNanoseconds
    case .refusedByVenue(_, isFatal: true):
      wait += timings.fatalRetry.wholeNanoseconds
    case .refused, .refusedByVenue, .dns, .connect, .tls, .timeout, .closed, .ended, .violation, .insecure,
      .subscriptionLost, .system, .stopped:
      break
    }
    return .nanoseconds(wait)
  }
}
