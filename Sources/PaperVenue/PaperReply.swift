public import Trading

/// The answer to a request, typed; one case per shape of body that the venue sends.
public indirect enum PaperReply: Hashable, Sendable {
  case placed(PlacedOrder)
  case tested
  case placedList(ListReport)
  case canceled(CanceledOrder)
  case canceledList(ListReport)
  case canceledAll([CancelItem])
  case amended(AmendedOrder)
  case cancelReplaced(CancelReplaceReport)
  case order(PaperOrder)
  case orders([PaperOrder])
  case trades([PaperTrade])
  case list(PaperOrderList)
  case lists([PaperOrderList])
  case amendments([PaperAmendment])
  case account(AccountReport)
}

/// A placement's answer: the order as it stood when the answer was made.
public struct PlacedOrder: Hashable, Sendable {
  public var order: PaperOrder
  public var trades: [PaperTrade]
  public var time: Timestamp
}

public struct CanceledOrder: Hashable, Sendable {
  public var order: PaperOrder
  /// The id of the cancel itself.
  public var cancelID: ClientOrderID
  public var time: Timestamp
}

/// An order list with its members' reports.
public struct ListReport: Hashable, Sendable {
  public var list: PaperOrderList
  public var orders: [PaperOrder]
  /// The id of the cancel, when the report answers one.
  public var cancelID: ClientOrderID?
  public var time: Timestamp
}

/// What one member of a cancel (or of cancel-all) was: a single order or a whole list.
public enum CancelItem: Hashable, Sendable {
  case order(CanceledOrder)
  case list(ListReport)
}

public struct AmendedOrder: Hashable, Sendable {
  public var order: PaperOrder
  public var originalClientOrderID: ClientOrderID
  public var executionID: Int64
  /// The list the order belongs to, with its members.
  public var list: ListReport?
  public var time: Timestamp
}

/// Both halves of a cancel-replace (fault RS16): the answer is read per half, never by the top code.
public struct CancelReplaceReport: Hashable, Sendable {
  public enum NewOrderResult: Hashable, Sendable {
    case success(PlacedOrder)
    case failure(PaperError)
    case notAttempted
  }

  public var cancel: Result<CancelItem, PaperError>
  public var newOrder: NewOrderResult
  /// HTTP status 200, 400, 409 or 429.
  public var status: Int
  /// -2021 or -2022; zero when both halves succeeded.
  public var code: Int
}

/// `GET account`.
public struct AccountReport: Hashable, Sendable {
  public var userID: Int64
  public var balances: [PaperBalance]
  public var makerRate: FixedDecimal
  public var takerRate: FixedDecimal
  public var canTrade: Bool
  public var updatedAt: Timestamp
}

/// What a mutation gave: its answer, and the user events that it emitted, in order. A refused request may still have
/// emitted events (a cancel-replace whose second half failed).
public struct PaperOutcome<Value: Sendable>: Sendable {
  public var result: Result<Value, PaperError>
  public var events: [PaperEvent]

  public init(result: Result<Value, PaperError>, events: [PaperEvent]) {
    self.result = result
    self.events = events
  }

  /// The answer, or the refusal thrown.
  public func get() throws(PaperError) -> Value { try result.get() }
  public var refusal: PaperError? { if case .failure(let error) = result { error } else { nil } }
}
