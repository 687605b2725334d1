public import EventLoop
public import Trading
public import Venue
import WebSocket

/// A message of a private stream as it was received.
public struct StreamMessage: Sendable {
  /// UTF-8, whole.
  public let text: [UInt8]
  /// `event`, `reply` or `unknown`; everything else stays inside.
  public let verdict: StreamVerdict
  /// The connection it came on. During a rotation two deliver, so an event may come twice.
  public let link: LinkID
  /// When its bytes had been read, on the loop's monotonic clock.
  public let receivedAt: Instant
}

/// One account's private stream on a loop: performs what `StreamSupervisor` decides.
///
/// `onMessage` and `onReport` run on the loop's thread, so an actor on the loop enters by `assumeIsolated`, and what
/// it sends from `onMessage` is on the wire before the call returns. `start`, `stop` and `doubt` may be called from
/// anywhere; `send` is *loop only*. From `start` until `stop` the loop keeps the stream alive.
public final class PrivateStream: @unchecked Sendable {
  // Unchecked because all state is confined to the loop's thread, which every entry checks or goes to.
  private final class Link {
    var dialect: any StreamDialect
    var session: WebSocketSession?
    init(dialect: any StreamDialect) { self.dialect = dialect }
  }

  private let loop: LoopThread
  private let resolver: Resolver
  private let configuration: StreamConfiguration
  private let budget: Locked<ConnectionBudget>
  private let makeDialect: @Sendable () -> any StreamDialect
  private let venueTime: @Sendable () -> Timestamp
  private let onMessage: @Sendable (StreamMessage) -> Void
  private let onReport: @Sendable (StreamReport) -> Void

  private var supervisor: StreamSupervisor
  private var entropy: Entropy
  private var links: [LinkID: Link] = [:]
  private var timer: (id: TimerID, at: Instant)?
  private var inputs: [StreamSupervisor.Input] = []
  private var isPerforming = false

  /// - Parameters:
  ///   - budget: one for all streams of the process, because the venue counts by address.
  ///   - makeDialect: a fresh dialect per connection; its state (request ids) belongs to that connection.
  ///   - venueTime: wall time corrected by the measured offset, for signed frames.
  public init(
    loop: LoopThread, resolver: Resolver, configuration: StreamConfiguration, budget: Locked<ConnectionBudget>,
    entropy: Entropy = .system, makeDialect: @escaping @Sendable () -> any StreamDialect,
    venueTime: @escaping @Sendable () -> Timestamp, onMessage: @escaping @Sendable (StreamMessage) -> Void,
    onReport: @escaping @Sendable (StreamReport) -> Void
  ) {
    self.loop = loop
    self.resolver = resolver
    self.configuration = configuration
    self.budget = budget
    self.makeDialect = makeDialect
    self.venueTime = venueTime
    self.onMessage = onMessage
    self.onReport = onReport
    self.entropy = entropy
    supervisor = StreamSupervisor(timings: configuration.timings, entropy: entropy)
  }

  public func start() {
    loop.enqueue { self.submit(.start) }
  }

  /// Closes all connections in order and reports `lost(stopped)`. The stream may be started again.
  public func stop() {
    loop.enqueue { self.submit(.stop) }
  }

  /// Tells that something which the stream should have shown did not come: it becomes suspect and is replaced.
  public func doubt(_ reason: String) {
    loop.enqueue { self.submit(.doubt(reason)) }
  }

  /// Sends a command on the connection whose subscription stands, now.
  ///
  /// - Returns: the connection it went out on, or nil when nothing was sent and nothing will be (no connection, or
  ///   the peer does not take bytes): use the other way. When that connection is lost before a reply, the outcome is
  ///   ambiguous.
  public func send(_ text: [UInt8]) -> LinkID? {
    loop.checkIsolated()
    guard let id = supervisor.commandLink, let session = links[id]?.session else { return nil }
    guard (try? session.send(text: text)) != nil else { return nil }
    return id
  }

  /// The epoch that stands now, *loop only*.
  public var openEpoch: Int64? {
    loop.checkIsolated()
    return supervisor.openEpoch
  }

  // MARK: inside

  private var now: Instant { Instant(nanoseconds: loop.clock.nowNanoseconds) }

  /// Inputs that arise while actions are performed wait for them, so that actions keep their order.
  private func submit(_ input: StreamSupervisor.Input) {
    loop.checkIsolated()
    inputs.append(input)
    guard !isPerforming else { return }
    isPerforming = true
    var next = 0
    while next < inputs.count {
      let input = inputs[next]
      next += 1
      let now = now
      let actions = budget.withLock { supervisor.handle(input, at: now, budget: &$0) }
      for action in actions { perform(action) }
    }
    inputs.removeAll(keepingCapacity: true)
    isPerforming = false
    armTimer()
  }

  private func perform(_ action: StreamSupervisor.Action) {
    switch action {
    case .connect(let id): connect(id)
    case .subscribe(let id):
      guard let link = links[id] else { return }
      for frame in link.dialect.opening(at: venueTime()) { send(frame, on: id) }
    case .ping(let id):
      guard let session = links[id]?.session else { return }
      _ = try? session.ping(Array("backstop".utf8))
    case .probe(let id):
      guard let link = links[id] else { return }
      send(link.dialect.probe(at: venueTime()), on: id)
    case .close(let id):
      links[id]?.session?.close()
    case .drop(let id):
      links[id]?.session?.cancel(reset: true)
    case .report(let report):
      onReport(report)
    }
  }

  /// A frame that cannot be sent needs no word here: its deadline runs.
  private func send(_ frame: StreamFrame, on id: LinkID) {
    _ = try? links[id]?.session?.send(text: frame.text)
  }

  private func connect(_ id: LinkID) {
    let link = Link(dialect: makeDialect())
    links[id] = link
    let session = WebSocketSession(
      loop: loop, resolver: resolver, request: configuration.request, tls: configuration.tls,
      limits: configuration.limits, timings: configuration.sessionTimings,
      transportTimings: configuration.transportTimings, entropy: &entropy
    ) { [self] event in
      receive(event, on: id)
    }
    link.session = session
    session.start()
  }

  private func receive(_ event: WebSocketSession.Event, on id: LinkID) {
    switch event {
    case .opened: submit(.opened(id))
    case .message(let text, isText: true): receive(text, on: id)
    case .message(_, isText: false): submit(.heard(id))
    case .ping: submit(.heard(id))
    case .pong: submit(.pong(id))
    case .closed(let error): submit(.closed(id, error))
    case .ended: links[id] = nil
    }
  }

  private func receive(_ text: [UInt8], on id: LinkID) {
    guard let link = links[id] else { return }
    let receivedAt = now
    let verdict = link.dialect.receive(text)
    switch verdict {
    case .event, .reply, .unknown:
      // Before the supervisor hears of it: this is the path from a fill to its protection.
      onMessage(StreamMessage(text: text, verdict: verdict, link: id, receivedAt: receivedAt))
    case .ready, .proven, .subscriptionLost, .shuttingDown, .refused, .progress:
      break
    }
    submit(.verdict(id, verdict))
  }

  private func armTimer() {
    let due = supervisor.nextDeadline
    if let timer {
      if timer.at == due { return }
      loop.cancel(timer.id)
      self.timer = nil
    }
    guard let due else { return }
    let id = loop.schedule(atNanoseconds: due.nanoseconds) { [self] in
      timer = nil
      submit(.tick)
    }
    timer = (id, due)
  }
}
