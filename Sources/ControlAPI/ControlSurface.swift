public import Trading
public import Venue

/// What the control API can ask of the rest of the program. Everything behind it is a value or a single request; the
/// API never sees a core, a connection or the venue.
public protocol ControlSurface: Sendable {
  /// One entry per component that exists in this process.
  func components() async -> [ComponentState]
  func accounts() async -> [AccountView]
  /// What would be done now and why, without doing it.
  func plan() async -> [PlanStep]

  /// Places a bot's entry and waits for what became of it and of its legs (layer 3). `account` is nil when the
  /// request named none; then there must be exactly one.
  func place(
    _ entry: EntryPlacement, bracket: Bracket?, strategy: StrategyID?, account: AccountID?
  ) async throws(ControlRefusal) -> DirectOrderReport
  func register(_ registration: BracketRegistration, account: AccountID?) async throws(ControlRefusal)
  func sweep(_ account: AccountID) async throws(ControlRefusal)
  func pause(_ account: AccountID) async throws(ControlRefusal)
  func resume(_ account: AccountID) async throws(ControlRefusal)
  /// Sells at market what the symbol's lots hold. Only called after the second step of the confirmation.
  func flatten(_ symbol: Symbol, account: AccountID) async throws(ControlRefusal)
}

/// One account as it is known now. Ages instead of moments, so that nobody needs our clock.
public struct AccountView: Hashable, Sendable {
  public var account: AccountID
  public var environment: VenueEnvironment
  public var isArmed: Bool
  public var isPaused: Bool
  /// `false`: what follows may be wrong, and is shown as unknown (promise I8).
  public var isKnown: Bool
  public var isStreamConnected: Bool
  public var lastSweepAge: Duration?
  public var coverage: [CoverageRecord]
  /// How long each naked symbol has been so.
  public var nakedFor: [Symbol: Duration]
  /// Open ones.
  public var lots: [Lot]
  /// Live ones.
  public var legs: [Leg]
  /// Position that no lot explains.
  public var residuals: [Asset: FixedDecimal]
  /// Standing ones.
  public var alerts: [AlertRecord]
  public var frozen: [Symbol]

  public init(
    account: AccountID, environment: VenueEnvironment, isArmed: Bool, isPaused: Bool, isKnown: Bool,
    isStreamConnected: Bool, lastSweepAge: Duration?, coverage: [CoverageRecord] = [],
    nakedFor: [Symbol: Duration] = [:], lots: [Lot] = [], legs: [Leg] = [], residuals: [Asset: FixedDecimal] = [:],
    alerts: [AlertRecord] = [], frozen: [Symbol] = []
  ) {
    self.account = account
    self.environment = environment
    self.isArmed = isArmed
    self.isPaused = isPaused
    self.isKnown = isKnown
    self.isStreamConnected = isStreamConnected
    self.lastSweepAge = lastSweepAge
    self.coverage = coverage
    self.nakedFor = nakedFor
    self.lots = lots
    self.legs = legs
    self.residuals = residuals
    self.alerts = alerts
    self.frozen = frozen
  }
}

/// One step of a plan.
public struct PlanStep: Hashable, Sendable {
  public var account: AccountID
  public var command: VenueCommand
  /// A reason code.
  public var reason: String
  public var lot: LotID?
  public var quantity: FixedDecimal
  public var source: Source

  public init(
    account: AccountID, command: VenueCommand, reason: String, lot: LotID?, quantity: FixedDecimal, source: Source
  ) {
    self.account = account
    self.command = command
    self.reason = reason
    self.lot = lot
    self.quantity = quantity
    self.source = source
  }
}

/// What became of an entry and its legs.
public struct DirectOrderReport: Hashable, Sendable {
  public enum State: String, Hashable, Sendable, CaseIterable {
    /// Nothing was bought.
    case rejected
    /// Accepted and not filled yet: the legs follow from the fills.
    case working
    /// What has filled is covered.
    case covered
    /// Filled, and its legs are not (all) accepted yet; the guardian keeps trying.
    case uncovered
    /// The venue has not said what became of it; it is being queried.
    case unknown
  }

  public var state: State
  public var entry: Order?
  public var legs: [Leg]
  public var coveredQuantity: FixedDecimal
  public var detail: String

  public init(state: State, entry: Order?, legs: [Leg] = [], coveredQuantity: FixedDecimal = .zero, detail: String = "")
  {
    self.state = state
    self.entry = entry
    self.legs = legs
    self.coveredQuantity = coveredQuantity
    self.detail = detail
  }
}
