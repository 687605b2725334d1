public import Trading
public import Venue

/// The state machine that owns one account (DESIGN §3 "The core"): facts in, effects out. No clock, no randomness, no
/// I/O.
///
/// The brain is level-triggered. An input only changes what is known; afterwards every symbol that it touched is judged
/// from the whole of what is known, and the difference between what should be protected and what the venue shows is
/// what is sent. The layer that supplied the fact is recorded and decides nothing.
///
/// Files: `+Restore` takes what the mirror remembers, `+LateMirror` when it is back only later; `+Facts` orders, fills
/// and balances; `+Snapshot` a sweep; `+Symbol` judges and acts; `+Outcome` settles commands; `+Query` asks about
/// single orders; `+Entry` is layer 3; `+Status` answers people.
public struct AccountCore: Sendable {
  var policy: ProtectionPolicy
  var instruments = KeyTable<Symbol, Instrument>()
  /// In the order of their names.
  var symbolsByBase = KeyTable<Asset, [Symbol]>()
  var symbolsByQuote = KeyTable<Asset, [Symbol]>()

  var book = Book()
  var ledger = Ledger()
  var wallet = Wallet()
  /// What the wallet's totals should be by every fill and transfer that we know of. A difference is a fact that nobody
  /// told us.
  var expectedTotals = KeyTable<Asset, FixedDecimal>()
  /// Assets whose total was explained once in this life. What an asset of an account held before that is no surplus.
  var explainedAssets: Set<Asset> = []
  var recentTransfers: [Transfer] = []
  /// Venue time of the reading whose total was taken for explained: what is heard of late from before it is in it.
  var explainedThrough = KeyTable<Asset, Timestamp>()
  /// Since the venue refused a sale of the asset for want of balance: what its last figure showed to be locked beyond
  /// the orders known then. Another product holds it, or an order that we do not know (fault OL22). Gone with a reading
  /// that shows no such lock.
  var lockedElsewhere: [Asset: FixedDecimal] = [:]
  var venueClock = ObservedClock()
  /// Events that came before the mirror was read: what they mean depends on what it remembers.
  var earlyEvents: [VenueEvent] = []
  /// When they were last asked for or read.
  var instrumentsAskedAt: Instant?
  /// When the instruments are read next.
  var instrumentsDue: Instant?
  /// Venue time of the last fill that moved an asset: a wallet figure older than it says nothing about the lots.
  var lastFillAt = KeyTable<Asset, Timestamp>()
  /// Fills whose order is not known yet (fault ST11).
  var orphanFills: [OrderKey: [Fill]] = [:]
  /// Symbols that orders were heard of on, by this life or the mirror.
  var orderedSymbols: Set<Symbol> = []
  var earlierLives = EarlierLives()
  /// Our records of what we placed, with the tag the two proofs of ownership (promise I3).
  var legs: [ClientOrderID: Leg] = [:]
  /// The names of those that this life has sent, less those that it was refused: no other guardian placed them, and no
  /// earlier life.
  var sentLegs: Set<ClientOrderID> = []
  /// Why each exit that we sent was sent.
  var exitReasons: [ClientOrderID: CloseReason] = [:]
  var brackets: [ClientOrderID: BracketRegistration] = [:]

  var lanes = KeyTable<Symbol, Lane>()
  /// Whose lane each command under way belongs to.
  var flights: [Int64: Symbol] = [:]
  var sweeps = SweepSchedule()
  var queries: [Int64: PendingQuery] = [:]
  var entries: [Int64: DirectEntry] = [:]
  var alerts: [AlertKey: AlertRecord] = [:]

  var streamEpoch: Int64?
  var gap: GapRecord?
  var protectedSince: Timestamp?
  var isRestored = false
  /// What the mirror remembers, until the venue's instruments are known.
  var awaitingInstruments: MirrorState?
  /// The mirror could not be read, so ids may have been given out that we do not know of.
  var needsFreshIDs = false
  /// A complete snapshot has been applied since the start; before that nothing is sent, because legs of an earlier life
  /// may stand.
  var isSynced = false
  /// The histories that the first readings of this life made us want were read: before that what was bought shortly
  /// before the start may be unknown (B411).
  var isPastRead = false
  var isPaused = false
  var lastID: Int64 = 0

  var turn = Turn(now: Instant(nanoseconds: 0), source: .stream)

  public init(policy: ProtectionPolicy) { self.policy = policy }

  /// Takes one input and answers with what to do, in order. The same inputs give the same effects, byte for byte.
  public mutating func handle(_ input: Input, at now: Instant) -> [Effect] {
    turn = Turn(now: now, source: .stream)
    switch input {
    case .restored(let state): restore(state)
    case .instruments(let list): take(instruments: list)
    case .streamOpened(let epoch): openStream(epoch)
    case .streamLost(let epoch, let reason): loseStream(epoch, reason)
    case .event(let event): take(event)
    case .snapshot(let id, let snapshot): take(snapshot, id: id)
    case .outcome(let id, let outcome): take(outcome, of: id)
    case .answer(let id, let result): take(answer: result, to: id)
    case .bracket(let registration): register(registration)
    case .request(let request): take(request)
    case .timer(let timer): fire(timer)
    }
    if let only = turn.dirty.only {
      judge(only)
    } else {
      for symbol in turn.dirty.sorted() { judge(symbol) }
    }
    if !entries.isEmpty { reportEntries() }
    return turn.finish()
  }

  mutating func nextID() -> Int64 {
    lastID += 1
    return lastID
  }

  // MARK: - Stream, instruments, requests, timers

  private mutating func openStream(_ epoch: Int64) {
    streamEpoch = epoch
    clear(.streamDown, "")
    // Events before this moment may be lost: whatever was active is read again from its history (faults ST01, ST08).
    sweeps.wantedHistories.formUnion(activeSymbols)
    requestSnapshot("stream_opened")
    // A lagging replica may hide them from that reading, and no event will come of them.
    sweeps.lookAgain(at: turn.now + SweepSchedule.replicaLagMost)
  }

  private mutating func loseStream(_ epoch: Int64, _ reason: String) {
    guard streamEpoch == epoch || streamEpoch == nil else { return }
    streamEpoch = nil
    if gap == nil {
      let record = GapRecord(epoch: epoch, reason: reason, from: turn.now, until: nil)
      gap = record
      turn.facts.append(.gap(record))
    }
    raise(.streamDown, "", .warning, "the private stream is down: \(reason); sweeps stand in for it")
    scheduleSweep()
  }

  private mutating func take(instruments list: [Instrument]) {
    for instrument in list where instruments[instrument.symbol] != instrument {
      instruments[instrument.symbol] = instrument
      turn.facts.append(.instrument(instrument))
      forgetLearnedLimit(instrument.symbol)
      lanes[instrument.symbol]?.memory.stopOnly = []
      lanes[instrument.symbol]?.memory.consolidated = nil
      let refusal = lanes[instrument.symbol]?.refusal?.kind
      if refusal == .filter || refusal == .marketClosed { lanes[instrument.symbol]?.retryAt = nil }
      turn.dirty.insert(instrument.symbol)
      growKnownOrders(of: instrument.symbol)
    }
    // Still closed: what waits for it asks again.
    for instrument in list where !instrument.status.acceptsOrders && ledger.hasOpen(instrument.symbol) {
      turn.dirty.insert(instrument.symbol)
    }
    // What a slow answer shows was so when it was asked for.
    instrumentsAskedAt = instrumentsAskedAt ?? turn.now
    symbolsByBase = KeyTable()
    symbolsByQuote = KeyTable()
    for instrument in instruments.values.sorted(by: { $0.symbol < $1.symbol }) {
      symbolsByBase[instrument.base, default: []].append(instrument.symbol)
      symbolsByQuote[instrument.quote, default: []].append(instrument.symbol)
    }
    refreshInstrumentsLater()
    if let state = awaitingInstruments, !instruments.isEmpty { restore(state) }
  }

  private mutating func take(_ request: OperatorRequest) {
    turn.source = .direct
    switch request {
    case .sweep: requestSnapshot("operator")
    case .pause: isPaused = true
    case .resume:
      isPaused = false
      touchAll()
    case .flatten(let symbol):
      lanes[symbol, default: Lane()].memory.flattening.formUnion(ledger.open(symbol).map(\.lot.id))
      turn.dirty.insert(symbol)
    case .unfreeze(let symbol):
      lanes[symbol]?.pacedUntil = nil
      lanes[symbol]?.repairs = []
      clear(.frozen, symbol.text)
      turn.dirty.insert(symbol)
    case .enter(let requestID, let placement, let bracket, let strategy):
      enter(requestID, placement, bracket, strategy)
    case .reload(let newPolicy):
      policy = newPolicy
      touchAll()
    }
  }

  /// What may be done has changed: legs of closed lots are judged as well as lots.
  private mutating func touchAll() {
    turn.dirty.formUnion(ledger.openSymbols)
    turn.dirty.formUnion(book.openSymbols)
  }

  private mutating func refreshInstrumentsLater() {
    let due = turn.now + policy.timing.instrumentRefresh
    instrumentsDue = due
    turn.effects.append(.setTimer(.instruments, at: due))
  }

  private mutating func fire(_ timer: CoreTimer) {
    turn.source = .sweep
    switch timer {
    case .sweep: sweepIsDue()
    case .snapshotDeadline(let id): snapshotIsOverdue(id)
    case .settle(let symbol): queryInFlight(symbol)
    case .retry(let symbol), .nakedAlert(let symbol): turn.dirty.insert(symbol)
    case .instruments:
      turn.effects.append(.requestInstruments)
      instrumentsAskedAt = turn.now
      // Should the answer be lost, or say what is known, what waits for it asks again.
      turn.dirty.formUnion(ledger.openSymbols.filter(waitsForRules))
      refreshInstrumentsLater()
    case .entry(let requestID): entryIsDue(requestID)
    }
  }

  private mutating func register(_ registration: BracketRegistration) {
    turn.source = .direct
    guard brackets[registration.entryClientOrderID] != registration else { return }
    brackets[registration.entryClientOrderID] = registration
    turn.facts.append(.bracket(registration))
    guard let order = book.order(registration.entryClientOrderID) else { return }
    // The entry came first: what is not placed yet follows the new levels; live legs stay, since moving them would
    // uncover.
    let changed = ledger.update(order.key) { account in
      account.lot.bracket = registration.bracket
      account.lot.bracketOrigin = .registered
      account.lot.strategy = registration.strategy ?? account.lot.strategy
      account.lot.isProtected = true
      return account.lot
    }
    if let lot = changed { turn.facts.append(.lot(lot)) }
    turn.dirty.insert(order.symbol)
  }

  /// Symbols with something at stake: every one that orders of the account were ever heard of on.
  var activeSymbols: Set<Symbol> { orderedSymbols.union(lanes.keys) }

  /// Whether a symbol is among the active ones.
  func isActive(_ symbol: Symbol) -> Bool { orderedSymbols.contains(symbol) || lanes.contains(symbol) }
}
