public import Trading
public import Venue

/// Everything that the core asks the shell to do: plain values, in order. A test can crash between any two of them.
public enum Effect: Hashable, Sendable {
  /// Send now, on the first way that is up. Answered by `Input.outcome` with the same id, at most once.
  case send(id: Int64, VenueCommand, receiveWindow: Duration)
  /// Answered by `Input.answer` with the same id.
  case query(id: Int64, OrderQuery)
  /// Answered by `Input.snapshot` with the same id.
  case requestSnapshot(id: Int64, SnapshotScope)
  case requestInstruments
  case setTimer(CoreTimer, at: Instant)
  case cancelTimer(CoreTimer)
  /// For the mirror. All facts of one input belong to one transaction.
  case record([Fact])
  /// An alert was raised, or a standing one cleared. Recorded as well.
  case alert(AlertRecord)
  /// Layer 3's answer to the bot.
  case entryReport(requestID: Int64, EntryReport)
}

/// What became of an entry placed through Backstop, and of its legs.
public struct EntryReport: Hashable, Sendable {
  public enum State: String, Hashable, Sendable, CaseIterable {
    /// Refused by a gate of ours or by the venue; nothing was bought.
    case rejected
    /// Accepted and not filled yet: the legs follow from the fills.
    case working
    /// What has filled is covered.
    case covered
    /// Filled, and its legs are not (all) accepted yet; the layers below keep trying.
    case uncovered
    /// The venue has not said what became of it; it is being queried.
    case unknown
  }

  public var state: State
  public var entry: Order?
  public var legs: [Leg]
  public var coveredQuantity: FixedDecimal
  /// Why, when rejected or uncovered.
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
