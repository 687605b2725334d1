import PaperVenue
import Reconciler
import Trading
import Venue

/// One world in virtual time on one thread: the real core, the paper venue's engine, a model of the mirror, and an
/// unreliable network between them, all driven by one seed. Nothing in it reads a clock.
///
/// Files: `+Guardian` starts, feeds and kills the process around the core; `+Calls` carries requests and replies;
/// `+Stream` the events; `+Faults` what goes wrong on its own; `+Actors` what others do, `+Operator` what people ask of
/// the guardian; `+Takeover` lets two guardians write at once; `+Settling` ends the run.
public struct World: Sendable {
  static let account: AccountID = "main"
  /// Venue time at the start of every world: 2026-01-01T00:00:00Z.
  static let epoch = Timestamp(milliseconds: 1_767_225_600_000)
  /// More happenings than this is a loop, not a world.
  static let happeningsMax = 200_000
  /// An entry in thousands of pieces is no loop.
  private var happeningsMax: Int { Self.happeningsMax + 10 * markets.reduce(0) { $0 + $1.truth.fills } }

  /// Each symbol with its truth and its referee, and the one that is looked at.
  var markets: [Market]
  var place = 0
  var now = Instant(nanoseconds: 0)
  var heap = DueQueue<Instant, Happening>()
  var tape: ChoiceTape
  var trace: Trace
  var happenings = 0

  var exchange = PaperExchange()
  /// The account as it stood after each change, while some read may want it.
  var replicas: [(time: Instant, account: PaperAccount)] = []
  var mirror = MirrorModel()

  var guardian: GuardianProcess?
  var incarnation = 0
  /// A guardian that has lost its lease and does not know: it writes to the venue beside the one that holds it.
  var stale: StaleGuardian?
  /// Lives that have lost their lease.
  var displaced: Set<Int> = []
  /// What was sold while two guardians wrote.
  var salesOfTwo: Set<MirrorModel.FillKey> = []
  /// The process in view is the stale one.
  var actsForStale = false
  /// How often one of two writers took down a leg of the other.
  var undone = 0
  /// Who placed a leg, while two may write.
  var placer: [ClientOrderID: Int] = [:]
  /// What the configuration file says now.
  var bracket: Bracket
  /// Everything that it ever said.
  var brackets: [Bracket]
  var isPaused = false
  /// What the operator wanted sold and is not judged yet.
  var flattenings: [Flattening] = []
  /// How often rest was put off for a sale.
  var sales = 0
  /// Rest was put off for the last repair of a duel.
  var hasAwaitedDuel = false
  var effectsUntilCrash: Int?
  /// Effects performed while faults may strike.
  public internal(set) var effects = 0
  var crashesLeft = 0

  var connections: [Connection] = []
  var lastCall: UInt64 = 0

  var reach = Reach()
  var exposure = Exposure()
  var nextLook = Instant(nanoseconds: 0)
  /// A fault that is aimed at a state waits for it from here on.
  var nextAim = Instant(nanoseconds: 0)
  /// Since when each symbol has been shown as covered and is not.
  var shownSince: [Int: Instant] = [:]
  /// Since when more stands behind each symbol's entries than they hold.
  var excessSince: [Int: Instant] = [:]
  /// Since when part of an entry on each symbol has had no stop that could have had one.
  var splitSince: [Int: Instant] = [:]
  /// Since when a stop on each symbol has been withheld for want of coins that are there.
  var withheldSince: [Int: Instant] = [:]
  /// Commands sent so far, at the last looks.
  var commandCounts: [Int] = []
  /// The run ends as soon as this promise is broken.
  var stopsAt: Promise?
  /// When a life last could find nothing of a symbol: what was over by then, nobody will ever tell it.
  var tracelessThrough: [Symbol: Instant] = [:]
  /// Orders that no answer shows, and until when: `nil` until a reading asks for them. Each only once.
  var forgotten: [OrderKey: Instant?] = [:]
  /// Orders of which any life of the guardian was told by an event.
  var toldOrders: Set<OrderKey> = []
  /// Orders of whose end a life of the guardian was told by an event that its mirror cannot have lost, and when.
  var toldEnds: [OrderKey: Instant] = [:]
  /// What the venue does now is told to nobody.
  var isMute = false
  var lastClientNumber = 0

  var phase = Phase.active
  var throttledUntil: Instant?
  /// How far the guardian's idea of the venue's clock is off, until it measures again.
  var clockError: Duration = .zero
  var isBan = false
  var healedAt: Instant?

  enum Phase: Hashable, Sendable {
    /// Faults run and actors act.
    case active
    /// Faults have stopped; the world must come to rest.
    case settling
    /// It must stay at rest.
    case quiet
  }

  var symbol: Symbol { markets[place].symbol }
  /// Those of the world, with the rules and the prices of the symbol that is looked at.
  var options: WorldOptions { _read { yield markets[place].options } }
  var truth: Truth {
    _read { yield markets[place].truth }
    _modify { yield &markets[place].truth }
  }
  var referee: Referee {
    _read { yield markets[place].referee }
    _modify { yield &markets[place].referee }
  }
  var faultsAct: Bool { phase == .active }
  var venueTime: Timestamp { Self.epoch + Duration.nanoseconds(now.nanoseconds) }
  /// The venue's time as the guardian believes it to be.
  var guardianTime: Timestamp { venueTime + clockError }

  /// What was switched on, in one line.
  public var summary: String { options.summary }

  public init(_ options: WorldOptions, keepsTrace: Bool = false) {
    self.init(options, tape: ChoiceTape(seed: options.seed), keepsTrace: keepsTrace)
  }

  init(_ options: WorldOptions, tape: ChoiceTape, keepsTrace: Bool) {
    markets = Market.all(options)
    bracket = options.bracket
    brackets = [options.bracket]
    self.tape = tape
    trace = Trace(keepsLines: keepsTrace)
    clockError = options.clockError
    exchange.variants = options.variants
    for market in markets { exchange.list(market.options.rules, price: market.options.startPrice) }
    if options.discountFunds.isPositive { exchange.list(.binanceCoin, price: "600") }
    exchange.openAccount(Self.account, commission: options.commission)
    for market in markets { exchange.setDepth(market.options.depth, of: market.symbol) }
    fund(options.rules.quote, "1000000")
    for market in markets { fund(market.options.rules.base, market.options.initialBase) }
    fund("BNB", options.discountFunds)
    scheduleStart()
  }

  private mutating func fund(_ asset: Asset, _ amount: FixedDecimal) {
    guard amount.isPositive else { return }
    _ = exchange.adjust(Self.account, asset, by: amount, at: venueTime)
  }

  private mutating func scheduleStart() {
    heap.push(.boot(incarnation: 1), at: now + tape.duration(.zero, tape.chance(perMille: 300) ? .seconds(8) : .zero))
    heap.push(.price, at: now + options.priceInterval)
    heap.push(.actor(.entry), at: now + tape.duration(.milliseconds(100), .seconds(6)))
    for actor in ActorClass.allCases where options.actors.contains(actor) {
      heap.push(.actor(.of(actor)), at: now + tape.duration(.seconds(1), .seconds(20), about: .actor(actor)))
    }
    for fault in FaultClass.allCases { scheduleFault(fault) }
    scheduleExtras()
    heap.push(.heal, at: now + options.activePeriod)
    if !options.crashPoints.isEmpty {
      crashesLeft = options.crashPoints.count
    } else if let strength = options.faults[.crash] {
      crashesLeft = 1 + Int(tape.number(0...Int64(1 + min(strength, 200) / 30), about: .fault(.crash)))
    }
  }

  /// Runs the world to its end.
  public mutating func run() -> SeedReport {
    while let (time, happening) = heap.pop() {
      passTime(to: time)
      now = time
      happenings += 1
      if case .end = happening { break }
      happen(happening)
      if options.extras.aim != nil { aim() }
      if now >= nextLook { look() }
      if let stopsAt, markets.contains(where: { $0.referee.violations.contains { $0.promise == stopsAt } }) {
        return report()
      }
      if happenings >= Self.happeningsMax, happenings >= happeningsMax {
        referee.violate(.live, now, "more than \(happeningsMax) happenings: something loops")
        break
      }
    }
    return finish()
  }

  private mutating func happen(_ happening: Happening) {
    guard stale != nil, isOfStale(happening) else { return perform(happening) }
    swapGuardians()
    perform(happening)
    swapGuardians()
  }

  private mutating func perform(_ happening: Happening) {
    switch happening {
    case .boot(let incarnation): boot(incarnation)
    case .mirrorRead(let incarnation, let state): restore(incarnation, state)
    case .connect(let incarnation, let failures): connect(incarnation, failures)
    case .subscribed(let id): subscribed(id)
    case .streamOpens(let id): streamOpens(id)
    case .streamBreaks(let id, let reason): streamBreaks(id, reason)
    case .retire(let id): retire(id)
    case .delivery(let id, let event): deliver(event, on: id)
    case .arrival(let call): arrive(call)
    case .reply(let call, let reply): take(reply, to: call)
    case .refusal(let incarnation, let id):
      if incarnation == self.incarnation {
        feed(.outcome(id: id, .rejected(Rejection(.notSent, message: "no way to the venue"))))
      }
    case .timeout(let call): timeOut(call)
    case .hedge(let call): hedge(call)
    case .instrumentsAgain(let incarnation, let isFirst):
      guard incarnation == self.incarnation else { return }
      if !isFirst { ask(.instruments) } else if guardian?.knowsInstruments == false { askFirstInstruments() }
    case .timer(let incarnation, let timer, let generation): fire(timer, generation, incarnation)
    case .commit: commit()
    case .price: movePrice()
    case .otherPrice: look(at: 1) { $0.movePrice() }
    case .fillPiece(let key): look(at: key.symbol) { $0.fillPiece(key) }
    case .actor(let actor): act(actor)
    case .elsewhere(let actor): look(at: 1) { $0.act(actor) }
    case .fault(let fault): strike(fault)
    case .faultEnds(let fault, let connection): end(fault, connection)
    case .resume: resume()
    case .staleDies(let incarnation): staleDies(incarnation)
    case .heal: heal()
    case .rest: rest()
    case .end: break
    }
  }
}

/// Everything that can happen in a world. What carries much is kept apart: every happening is moved several times, and
/// most carry next to nothing.
enum Happening: Sendable {
  case boot(incarnation: Int)
  indirect case mirrorRead(incarnation: Int, MirrorState?)
  case connect(incarnation: Int, failures: Int)
  /// The venue has taken the subscription.
  case subscribed(Int)
  case streamOpens(Int)
  case streamBreaks(Int, String)
  /// The old connection of a rotation goes.
  case retire(Int)
  indirect case delivery(Int, VenueEvent)
  indirect case arrival(Call)
  indirect case reply(UInt64, Reply)
  /// A command that could not be written to any socket.
  case refusal(incarnation: Int, id: Int64)
  case timeout(UInt64)
  case hedge(UInt64)
  /// - Parameter isFirst: none are known yet.
  case instrumentsAgain(incarnation: Int, isFirst: Bool)
  case timer(incarnation: Int, CoreTimer, generation: UInt64)
  case commit
  case price
  /// The second symbol's.
  case otherPrice
  case fillPiece(OrderKey)
  case actor(Act)
  /// On the second symbol.
  case elsewhere(Act)
  case fault(FaultClass)
  case faultEnds(FaultClass, Int?)
  case resume
  case staleDies(incarnation: Int)
  case heal
  case rest
  case end
}
