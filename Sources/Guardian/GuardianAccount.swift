import Binance
import EventLoop
public import Reconciler
import Telemetry
public import Trading
import Venue

/// The shell of one account: feeds what happens into its `AccountCore` and performs the effects. It decides nothing.
///
/// Lives on its loop's thread: a socket handler enters it synchronously, the core runs inline, and a protective command
/// leaves in the same turn of the loop (DESIGN §5).
///
/// Files: `+Stream` hears the private stream; `+Commands` sends and settles; `+Reads` asks the venue; `+Requests`
/// serves people and bots; `+Log` tells people.
public actor GuardianAccount {
  nonisolated let loop: LoopThread
  public nonisolated let account: AccountID

  var core: AccountCore
  let venueRequests: SpotRequests
  let outcomes: SpotOutcomes
  let events: SpotEventDecoder
  var venueClock: VenueClock
  let ports: AccountPorts
  let gauges: AccountGauges

  /// Set while the private stream delivers.
  var streamEpoch: Int64?
  var lastStreamEpoch: Int64 = 0
  var streamOpenedAt = Instant(nanoseconds: 0)
  /// When the bytes of the message that is being handled had been read.
  var messageReceivedAt: Instant?
  var pending: [Int64: PendingCall] = [:]
  /// A command was lost with the socket that it had left by: the next one takes the other way. Whatever ends the one
  /// again and again may leave the other alone (fault ST02, B400).
  var avoidsSocket = false
  /// Commands under way by REST.
  var restCommands = 0
  var lastWireID: Int64 = 0
  var readings: [Int64: SnapshotReading] = [:]
  var queriesOpen: Set<Int64> = []
  var entryWaiters: [Int64: @Sendable (EntryReport) -> Void] = [:]
  var lastRequestID: Int64 = 0
  var isStopping = false
  var knowsInstruments = false
  /// The first instruments are asked for again soon.
  var awaitsFirstInstruments = false
  var drainWaiter: (@Sendable () -> Void)?

  var stopwatch = PlacementStopwatch()

  private var timers: [CoreTimer: TimerID] = [:]
  private var inputs: [Input] = []
  private var isHandling = false

  public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(
    account: AccountID, core: AccountCore, loop: LoopThread, requests: SpotRequests, clock: VenueClock,
    ports: AccountPorts, gauges: AccountGauges
  ) {
    self.account = account
    self.core = core
    self.loop = loop
    venueRequests = requests
    outcomes = SpotOutcomes()
    events = SpotEventDecoder()
    venueClock = clock
    self.ports = ports
    self.gauges = gauges
  }

  public var status: AccountStatus { core.status }
  var protection: ProtectionState { core.protection }

  /// What would be done if nothing else happened. Changes nothing.
  public var plan: [PlannedAction] { core.plan(at: venueClock.localNow) }

  /// Gives one input to the core and performs what it asks for. An effect that answers at once (a send that failed)
  /// queues its input behind the effects of this one, so that effects are performed in order.
  func feed(_ input: Input) {
    inputs.append(input)
    guard !isHandling else { return }
    isHandling = true
    defer { isHandling = false }
    var next = 0
    while next < inputs.count {
      let input = inputs[next]
      next += 1
      let now = venueClock.localNow
      stopwatch.turnBegan = messageReceivedAt ?? now
      let effects = core.handle(input, at: now)
      for effect in effects { perform(effect) }
      // Only now: writing a log line must not keep the turn's next command waiting.
      for effect in effects { tell(effect) }
    }
    inputs.removeAll(keepingCapacity: true)
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .send(let id, let command, let receiveWindow): send(command, id: id, receiveWindow: receiveWindow)
    case .query(let id, let query): ask(query, id: id)
    case .requestSnapshot(let id, let scope): readSnapshot(scope, id: id)
    case .requestInstruments: readInstruments()
    case .setTimer(let timer, let at): set(timer, at: at)
    case .cancelTimer(let timer): cancel(timer)
    case .record(let facts):
      ports.record(stopwatch.complete(facts))
      doubtStream(after: facts)
      gauges.observe(facts, at: venueClock.localNow)
    case .alert: break  // it is told to people only, see `tell`
    case .entryReport(let requestID, let report): entryWaiters.removeValue(forKey: requestID)?(report)
    }
  }

  /// A sweep that learned facts while the stream was open says that the stream does not tell everything, although its
  /// pings and probes are answered (fault ST03). The stream replaces its connection without a gap, so a false suspicion
  /// costs little.
  private func doubtStream(after facts: [Fact]) {
    guard streamEpoch != nil else { return }
    for case .sweep(let sweep) in facts where sweep.isComplete && sweep.repairs > 0 {
      guard sweep.startedAt - streamOpenedAt > Self.doubtAfterOpening else { continue }
      ports.doubt("a sweep learned \(sweep.repairs) facts that the stream had not told")
    }
  }

  /// The sweep after an opening is there to learn what the gap hid.
  private static let doubtAfterOpening: Duration = .seconds(1)

  // MARK: - Timers

  private func set(_ timer: CoreTimer, at deadline: Instant) {
    cancel(timer)
    timers[timer] = loop.schedule(atNanoseconds: deadline.nanoseconds) { [weak self] in
      self?.assumeIsolated { account in
        account.timers[timer] = nil
        account.feed(.timer(timer))
      }
    }
  }

  private func cancel(_ timer: CoreTimer) {
    if let id = timers.removeValue(forKey: timer) { loop.cancel(id) }
  }

  /// After it nothing of the core's clockwork happens any more.
  func cancelTimers() {
    for id in timers.values { loop.cancel(id) }
    timers = [:]
  }
}
