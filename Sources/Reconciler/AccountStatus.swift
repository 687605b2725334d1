public import Trading
public import Venue

/// What the core knows of its account now, for people: the status API, the CLI and the demo read it.
public struct AccountStatus: Hashable, Sendable {
  public var account: AccountID
  public var environment: VenueEnvironment
  public var isArmed: Bool
  public var isPaused: Bool
  /// A complete snapshot has been taken since the start and nothing has cast doubt on it since.
  public var isKnown: Bool
  public var streamEpoch: Int64?
  public var lastSweep: Instant?
  public var coverage: [CoverageRecord]
  public var nakedSince: [Symbol: Instant]
  public var lots: [Lot]
  /// Open legs only.
  public var legs: [Leg]
  public var residuals: [Asset: FixedDecimal]
  public var alerts: [AlertRecord]
  public var frozen: [Symbol]

  public init(
    account: AccountID, environment: VenueEnvironment, isArmed: Bool, isPaused: Bool, isKnown: Bool,
    streamEpoch: Int64?, lastSweep: Instant?, coverage: [CoverageRecord], nakedSince: [Symbol: Instant], lots: [Lot],
    legs: [Leg], residuals: [Asset: FixedDecimal], alerts: [AlertRecord], frozen: [Symbol]
  ) {
    self.account = account
    self.environment = environment
    self.isArmed = isArmed
    self.isPaused = isPaused
    self.isKnown = isKnown
    self.streamEpoch = streamEpoch
    self.lastSweep = lastSweep
    self.coverage = coverage
    self.nakedSince = nakedSince
    self.lots = lots
    self.legs = legs
    self.residuals = residuals
    self.alerts = alerts
    self.frozen = frozen
  }
}
