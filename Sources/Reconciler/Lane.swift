import Trading
import Venue

/// The working state of one position key: at most one unresolved write at a time (DESIGN §3 "The core").
struct Lane: Sendable {
  var memory = SymbolMemory()
  /// Large and usually absent, so it is kept apart: a lane is looked at many times in one judgement.
  private var flight: Apart<InFlight>?
  /// The ids of the last placement, if it was refused: should one of them be open, another guardian placed it.
  var refusedNames: [ClientOrderID] = []
  /// The last placement that something else than its reply has settled.
  var unanswered: Int64?
  /// Nothing is sent before this, after a refusal.
  var retryAt: Instant?
  var refusals = 0
  /// Lots whose order was refused for what it says: they alone wait until `retryAt`.
  var waitingLots: Set<LotID> = []
  /// What the wallet could not give, while that is waited for.
  var refusedQuantity: FixedDecimal?
  /// Why the venue refused last; stands in coverage rows while the lane waits.
  var refusal: Rejection?
  /// The fact that made the present uncovered quantity necessary.
  var cause: Cause?
  var naked: NakedRecord?
  var coverage: CoverageRecord?
  /// Recent placements, for duels (fault OL26).
  var repairs: [Repair] = []
  /// An identical repair may be made again then.
  var pacedUntil: Instant?
  /// Market exits since everything was last covered, and when the next may go.
  var exitsInARow = 0
  var exitPacedUntil: Instant?
  /// When the next list may be taken down to flatten, while another guardian covers what that lays bare.
  var flattenPacedUntil: Instant?
  /// When a watched take-profit was last sold.
  var takenAt: Instant?
  /// A stop may make room for its watched take-profit again then.
  var takePacedUntil: Instant?
  /// A watched take-profit of which nobody knows whether it was sold would show by then.
  var takeHiddenUntil: Instant?
  /// Since when a leg waits for its lot's history to be read.
  var awaitsPastSince: Instant?
  /// When a stop to be clamped was refused, as long as the next one follows the price at once.
  var clampRefusedAt: Instant?
  /// A rule waits for a price.
  var watchesPrice = false
  /// SELL orders that have traded lately, the newest last: what they executed may be ahead of their fills.
  var recentSales: [OrderKey] = []

  var inFlight: InFlight? {
    get { flight?.value }
    set { flight = newValue.map(Apart.init) }
  }

  /// The row of a flat symbol was published, and neither time nor a fact that concerns other symbols can change it.
  @inline(__always) var isIdle: Bool {
    guard let coverage, coverage.state == .flat, coverage.reasons.isEmpty, coverage.dust.isZero,
      coverage.covered.isZero
    else { return false }
    return isQuiet && cause == nil
  }

  /// Nothing is under way or remembered.
  @inline(__always) var isQuiet: Bool {
    !isFlying && naked == nil && exitsInARow == 0 && !watchesPrice && retryAt == nil && pacedUntil == nil
      && exitPacedUntil == nil && memory.isEmpty
  }

  /// Takes a row for published; answers whether it says something new.
  mutating func publish(_ record: CoverageRecord) -> Bool {
    guard coverage != record else { return false }
    coverage = record
    return true
  }

  var isFlying: Bool { flight != nil }

  /// Remembers which fact made the present uncovered quantity necessary: the layer that gets the credit, and the
  /// latency's start.
  mutating func note(_ new: Cause, watchesPrice: Bool) {
    self.watchesPrice = watchesPrice
    if new.uncovered.isZero {
      cause = nil
      // What is being sold is not sold yet.
      if !new.isExiting { exitsInARow = 0 }
    } else if cause.map({ new.uncovered > $0.uncovered }) ?? true {
      cause = new
    } else {
      cause?.uncovered = new.uncovered
    }
  }

  /// Whether some lots wait, and the others need not.
  func isWaiting(at now: Instant) -> Bool { !waitingLots.isEmpty && retryAt.map { now < $0 } ?? false }

  /// What was refused may be sent again.
  mutating func endWait() { (retryAt, waitingLots) = (nil, []) }

  /// The next sale at market need not wait.
  mutating func endExitPace() {
    exitsInARow = 0
    exitPacedUntil = nil
    takePacedUntil = nil
  }

  mutating func takeRecentSales() -> [OrderKey] {
    defer { recentSales = [] }
    return recentSales
  }

  struct Cause: Hashable, Sendable {
    var source: Source
    var at: Instant
    var uncovered: FixedDecimal
    var isExiting = false
  }

  struct Repair: Hashable, Sendable {
    var place: Place
    var at: Instant
  }

  /// What a leg stands behind: legs of one place differ by their generation only.
  struct Place: Hashable, Sendable {
    var lot: LotID
    var tranche: Int
    var rangeStartSteps: Int64

    init(_ name: LegName) {
      (lot, tranche, rangeStartSteps) = (name.lot, name.tranche, name.rangeStartSteps)
    }
  }
}

/// A value in a place of its own, so that what holds it stays small.
private struct Apart<Value: Sendable>: Sendable {
  private indirect enum Storage: Sendable { case value(Value) }
  private let storage: Storage

  init(_ value: Value) { storage = .value(value) }

  var value: Value {
    switch storage {
    case .value(let value): value
    }
  }
}

/// A command whose outcome is not known yet.
struct InFlight: Hashable, Sendable {
  var id: Int64
  var action: PlannedAction
  var sentAt: Instant
  /// Venue time of the last complete reading before.
  var readThrough: Timestamp?
  /// Client ids that the placement carries; for amends and cancels the order concerned.
  var placed: [ClientOrderID]
  var target: OrderKey?
  var record: ActionRecord
  /// How often it was queried.
  var queries = 0
  /// Answers "absent", the first and the last.
  var firstAbsence: Instant?
  var lastAbsence: Instant?

  /// The order whose existence settles it: the stop before its sibling.
  var query: OrderQuery? {
    if let target { return OrderQuery(symbol: target.symbol, reference: .venue(target.venueOrderID)) }
    return placed.first.map { OrderQuery(symbol: action.command.symbol, reference: .client($0)) }
  }

  /// Whether the absence is proven: the request can no longer be accepted, and two answers far enough apart, the last
  /// of them after that, found nothing (binance.md §6.2, fault RS09).
  func isProvenAbsent(timing: ProtectionTiming) -> Bool {
    guard let first = firstAbsence, let last = lastAbsence else { return false }
    return last - first >= timing.absenceInterval
      && last - sentAt >= timing.receiveWindow + timing.skewAllowance
  }

  /// When to ask (again): 0.4 s after sending, then after twice and four times that.
  func nextQuery(timing: ProtectionTiming, now: Instant) -> Instant {
    let factor = 1 << min(queries, 2)
    return now + timing.queryAfter * factor
  }
}
