public import Trading
public import Venue

/// One step of a plan: what, why, and for which lot.
public struct PlannedAction: Hashable, Sendable {
  public var command: VenueCommand
  public var reason: Reason
  public var lot: LotID?
  public var quantity: FixedDecimal
  public var source: Source
  /// What was given up to fit the venue's limits, if anything.
  public var degradation: Reason?
  /// Of a list taken down to make room.
  var consolidation: SymbolMemory.Consolidation?

  public init(
    command: VenueCommand, reason: Reason, lot: LotID?, quantity: FixedDecimal, source: Source,
    degradation: Reason? = nil
  ) {
    self.command = command
    self.reason = reason
    self.lot = lot
    self.quantity = quantity
    self.source = source
    self.degradation = degradation
  }
}
