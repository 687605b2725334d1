/// The behaviours that no authoritative source settles (marked UNVERIFIED or INFERRED in binance.md). A guardian must
/// be safe under all of them, so each is a switch that a simulator draws per seed. The defaults are the likeliest.
public struct VenueVariants: Hashable, Sendable {
  /// Which report tells that a stop turned working (binance.md §3.1 "stop triggers").
  public enum ActivationReport: Hashable, Sendable, CaseIterable {
    /// A second `x=NEW` with `w:true`.
    case secondNew
    /// Nothing: the first TRADE is the first sign.
    case silent
  }

  /// Where the expired OCO sibling stands among the frames of the leg that went to work.
  public enum SiblingExpiry: Hashable, Sendable, CaseIterable {
    case beforeActivation, afterFirstReport, afterFills
  }

  /// Where `outboundAccountPosition` stands among the frames of one mutation.
  public enum PositionFrame: Hashable, Sendable, CaseIterable {
    case afterReports, beforeReports
  }

  /// What pending OTO legs become when a user cancels the working order.
  public enum PendingCancel: Hashable, Sendable, CaseIterable {
    case expiresPhaseOne, canceled
  }

  /// What a pending stop does when it is born on the wrong side of the price.
  public enum WrongSideBirth: Hashable, Sendable, CaseIterable {
    case rejected, triggersAtOnce
  }

  /// Which of several orders that used one client id a query returns.
  public enum ReusedLookup: Hashable, Sendable, CaseIterable {
    case latest, open, earliest
  }

  /// What `DELETE openOrders` answers when nothing is open.
  public enum EmptyCancelAll: Hashable, Sendable, CaseIterable {
    case unknownOrder, emptyArray
  }

  public var activationReport: ActivationReport = .secondNew
  public var siblingExpiry: SiblingExpiry = .afterFirstReport
  public var positionFrame: PositionFrame = .afterReports
  public var pendingCancel: PendingCancel = .expiresPhaseOne
  public var wrongSideBirth: WrongSideBirth = .rejected
  public var reusedLookup: ReusedLookup = .latest
  public var emptyCancelAll: EmptyCancelAll = .unknownOrder
  /// MARKET_LOT_SIZE's maximum also cuts a triggered stop: the rest expires for want of liquidity.
  public var marketLotAppliesToTriggered = false
  /// A resting limit fills when the price touches it; otherwise only when the price goes through.
  public var fillsOnTouch = true
  /// On a socket that carries both, a write's user events come before its own reply (fault ST11).
  public var eventsBeforeReply = false
  /// Placements that the engine refused still count as unfilled orders.
  public var refusalsCount = true

  public init() {}
}
