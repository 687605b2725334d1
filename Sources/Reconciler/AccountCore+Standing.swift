public import Trading
public import Venue

/// Where one symbol stands, without the cost of a full status: for watchers that ask after every input.
public struct SymbolStanding: Hashable, Sendable {
  /// What its unresolved write is.
  public enum Activity: String, Hashable, Sendable, CaseIterable {
    case placing, amending, cancelling, exiting
    /// The write's outcome is being queried.
    case asking
    /// A refusal or a pace holds the next write back.
    case waiting
    case still
  }

  public var protection: CoverageRecord.State
  public var activity: Activity
}

extension AccountCore {
  public func standing(of symbol: Symbol) -> SymbolStanding {
    guard let place = lanes.place(of: symbol) else {
      return SymbolStanding(protection: isKnown ? .flat : .unknown, activity: .still)
    }
    return SymbolStanding(
      protection: isKnown ? lanes.values[place].coverage?.state ?? .flat : .unknown,
      activity: lanes.values[place].activity(at: turn.now))
  }

  /// When the symbol's naked timer was started, while it runs.
  public func nakedSince(_ symbol: Symbol) -> Instant? {
    lanes.place(of: symbol).flatMap { lanes.values[$0].naked?.since }
  }

  /// A command's outcome is not known yet.
  public var hasWriteInFlight: Bool { !flights.isEmpty }
}

extension Lane {
  @inline(__always) fileprivate func activity(at now: Instant) -> SymbolStanding.Activity {
    guard let inFlight else {
      return [retryAt, pacedUntil, exitPacedUntil].contains { $0.map { $0 > now } == true } ? .waiting : .still
    }
    if inFlight.queries > 0 { return .asking }
    return switch inFlight.action.command {
    case .placeLeg(let leg) where leg.terms.type == .market: .exiting
    case .placeOCO, .placeLeg, .placeEntry: .placing
    case .amend: .amending
    case .cancelOrder, .cancelList: .cancelling
    }
  }
}
