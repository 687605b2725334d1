public import Trading

/// Something that the mirror must remember: the only thing that flows from the core to PostgreSQL (DESIGN §4). Facts
/// are absolute values, so recording one twice changes nothing.
///
/// Moments inside the core are monotonic `Instant`s; the writer turns them into wall time with its own anchor.
public enum Fact: Hashable, Sendable {
  case instrument(Instrument)
  case order(Order, source: Source)
  case orderEvent(OrderUpdate)
  case fill(Fill, source: Source)
  /// Part of a selling fill took away part of a lot.
  case closure(LotClosure)
  case balance(Balance, at: Timestamp)
  case bracket(BracketRegistration)
  case lot(Lot)
  case leg(Leg)
  case action(ActionRecord)
  case sweep(SweepRecord)
  case coverage(CoverageRecord)
  case naked(NakedRecord)
  case alert(AlertRecord)
  case gap(GapRecord)
  case residual(Asset, quantity: FixedDecimal)
  /// The newest trade id of the symbol whose predecessors are all recorded.
  case tradeCursor(Symbol, TradeID)
  /// When protection began for the account: entries older than this are not ours to protect.
  case protectedSince(Timestamp)
  /// Bytes as received. Recorded by the shell before they are decoded.
  case raw(RawMessage)
}

/// A bot's wish for the entry with this client order id.
public struct BracketRegistration: Hashable, Sendable {
  public var entryClientOrderID: ClientOrderID
  public var symbol: Symbol?
  public var bracket: Bracket
  public var strategy: StrategyID?

  public init(entryClientOrderID: ClientOrderID, symbol: Symbol? = nil, bracket: Bracket, strategy: StrategyID? = nil) {
    self.entryClientOrderID = entryClientOrderID
    self.symbol = symbol
    self.bracket = bracket
    self.strategy = strategy
  }
}

/// What one selling fill took from one lot. A fill that sells more than one lot holds has several.
public struct LotClosure: Hashable, Sendable {
  public var lot: LotID
  /// The selling fill.
  public var tradeID: TradeID
  public var quantity: FixedDecimal
  public var reason: CloseReason
  /// Exact, in quote units, see `Ledger`.
  public var profit: FixedDecimal

  public init(lot: LotID, tradeID: TradeID, quantity: FixedDecimal, reason: CloseReason, profit: FixedDecimal) {
    self.lot = lot
    self.tradeID = tradeID
    self.quantity = quantity
    self.reason = reason
    self.profit = profit
  }
}

/// One command: written as intent before it is sent, and again with its outcome.
public struct ActionRecord: Hashable, Sendable {
  public enum State: String, Hashable, Sendable, CaseIterable {
    case sent, accepted, rejected, ambiguous
    /// Proven never to have reached the venue.
    case absent
  }

  /// Unique in the account's journal.
  public var id: Int64
  public var symbol: Symbol
  public var lot: LotID?
  /// `VenueCommand.name`.
  public var command: String
  /// The client ids it carries: list first, then legs.
  public var clientOrderIDs: [ClientOrderID]
  /// Why it was done: a `Reason` code.
  public var reason: String
  public var source: Source
  public var quantity: FixedDecimal
  public var state: State
  public var attempt: Int
  public var rejection: String?
  public var sentAt: Instant
  public var settledAt: Instant?
  /// From the fact that made it necessary to the moment it was sent.
  public var latency: Duration?

  public init(
    id: Int64, symbol: Symbol, lot: LotID?, command: String, clientOrderIDs: [ClientOrderID], reason: String,
    source: Source, quantity: FixedDecimal, state: State, attempt: Int, rejection: String? = nil, sentAt: Instant,
    settledAt: Instant? = nil, latency: Duration? = nil
  ) {
    self.id = id
    self.symbol = symbol
    self.lot = lot
    self.command = command
    self.clientOrderIDs = clientOrderIDs
    self.reason = reason
    self.source = source
    self.quantity = quantity
    self.state = state
    self.attempt = attempt
    self.rejection = rejection
    self.sentAt = sentAt
    self.settledAt = settledAt
    self.latency = latency
  }
}

/// One pass over a snapshot.
public struct SweepRecord: Hashable, Sendable {
  public var id: Int64
  public var trigger: String
  public var startedAt: Instant
  public var finishedAt: Instant
  public var isComplete: Bool
  /// What failed, for people.
  public var failures: [String]
  public var openOrders: Int
  /// Facts first learned by this sweep and not by the stream.
  public var repairs: Int

  public init(
    id: Int64, trigger: String, startedAt: Instant, finishedAt: Instant, isComplete: Bool, failures: [String],
    openOrders: Int, repairs: Int
  ) {
    self.id = id
    self.trigger = trigger
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.isComplete = isComplete
    self.failures = failures
    self.openOrders = openOrders
    self.repairs = repairs
  }
}

/// How much of a symbol's position is protected now.
public struct CoverageRecord: Hashable, Sendable {
  public enum State: String, Hashable, Sendable, CaseIterable {
    case covered, partial, naked, dust, flat, ignored
    /// Not known; never shown as covered or flat (promise I8).
    case unknown
  }

  public var symbol: Symbol
  public var state: State
  /// Open lots, base units.
  public var position: FixedDecimal
  /// Live stop quantity that the venue shows.
  public var covered: FixedDecimal
  /// Less than any filter lets anyone sell.
  public var dust: FixedDecimal
  /// Reason codes of what is not covered.
  public var reasons: [String]

  public init(
    symbol: Symbol, state: State, position: FixedDecimal, covered: FixedDecimal, dust: FixedDecimal, reasons: [String]
  ) {
    self.symbol = symbol
    self.state = state
    self.position = position
    self.covered = covered
    self.dust = dust
    self.reasons = reasons
  }
}

/// A stretch of time in which part of a position had no stop.
public struct NakedRecord: Hashable, Sendable {
  public var id: Int64
  public var symbol: Symbol
  public var since: Instant
  public var until: Instant?
  /// Largest uncovered quantity in it.
  public var quantity: FixedDecimal
  /// Reason code of what stood in the way last.
  public var cause: String

  public init(id: Int64, symbol: Symbol, since: Instant, until: Instant?, quantity: FixedDecimal, cause: String) {
    self.id = id
    self.symbol = symbol
    self.since = since
    self.until = until
    self.quantity = quantity
    self.cause = cause
  }
}

/// An alert that stands or was cleared.
public struct AlertRecord: Hashable, Sendable {
  public enum Severity: String, Hashable, Sendable, CaseIterable {
    case notice, warning, critical
  }

  public var kind: String
  /// What it is about: a symbol, or empty for the account.
  public var subject: String
  public var severity: Severity
  public var message: String
  public var isStanding: Bool
  public var at: Instant

  public init(kind: String, subject: String, severity: Severity, message: String, isStanding: Bool, at: Instant) {
    self.kind = kind
    self.subject = subject
    self.severity = severity
    self.message = message
    self.isStanding = isStanding
    self.at = at
  }
}

/// A period in which stream events may have been missed; closed only by a complete sweep.
public struct GapRecord: Hashable, Sendable {
  public var epoch: Int64
  public var reason: String
  public var from: Instant
  public var until: Instant?

  public init(epoch: Int64, reason: String, from: Instant, until: Instant?) {
    self.epoch = epoch
    self.reason = reason
    self.from = from
    self.until = until
  }
}

/// A message as it was received.
public struct RawMessage: Hashable, Sendable {
  public var epoch: Int64
  public var receivedAt: Timestamp
  public var bytes: [UInt8]
  public var isDecoded: Bool

  public init(epoch: Int64, receivedAt: Timestamp, bytes: [UInt8], isDecoded: Bool) {
    self.epoch = epoch
    self.receivedAt = receivedAt
    self.bytes = bytes
    self.isDecoded = isDecoded
  }
}
