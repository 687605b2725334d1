public import Trading

/// One fact from the account's user-data stream, in no venue's wire names. An event is never an instruction: it only
/// changes what we know (DESIGN §1).
public enum VenueEvent: Hashable, Sendable {
  case order(OrderUpdate)
  case orderList(OrderListUpdate)
  /// Absolute balances of the assets that may have changed; other assets are not mentioned.
  case balances([Balance], at: Timestamp)
  /// A deposit, withdrawal or transfer: the signed change of an asset's total.
  case balanceChange(Asset, by: FixedDecimal, at: Timestamp)
  /// Another product of the venue locked (positive) or released (negative) part of a balance.
  case externalLock(Asset, by: FixedDecimal, at: Timestamp)
  /// A type of event that we do not know. Kept raw in the mirror; it decides nothing (fault ST20).
  case unknown(type: String)
}

/// What just happened to an order, with its whole state afterwards.
public struct OrderUpdate: Hashable, Sendable {
  public var order: Order
  public var execution: ExecutionType
  /// Present when the execution was a trade.
  public var fill: Fill?
  /// The venue's number of this execution; equal numbers are the same report.
  public var executionID: Int64?
  /// The client id that the *request* carried when it differs from the order's own (a cancel's id).
  public var requestClientOrderID: ClientOrderID?
  public var rejectReason: String?
  public var eventTime: Timestamp

  public init(
    order: Order, execution: ExecutionType, fill: Fill? = nil, executionID: Int64? = nil,
    requestClientOrderID: ClientOrderID? = nil, rejectReason: String? = nil, eventTime: Timestamp
  ) {
    self.order = order
    self.execution = execution
    self.fill = fill
    self.executionID = executionID
    self.requestClientOrderID = requestClientOrderID
    self.rejectReason = rejectReason
    self.eventTime = eventTime
  }
}

public enum ExecutionType: Hashable, Sendable {
  case new, canceled, replaced, rejected, trade, expired, tradePrevention
  case unknown(String)

  public var name: String {
    switch self {
    case .new: "new"
    case .canceled: "canceled"
    case .replaced: "replaced"
    case .rejected: "rejected"
    case .trade: "trade"
    case .expired: "expired"
    case .tradePrevention: "trade_prevention"
    case .unknown(let text): text
    }
  }
}

/// The state of a venue-side order list.
public struct OrderListUpdate: Hashable, Sendable {
  public var symbol: Symbol
  public var orderListID: OrderListID
  public var listClientOrderID: ClientOrderID
  public var contingency: String
  public var isDone: Bool
  public var members: [Member]
  public var at: Timestamp

  public init(
    symbol: Symbol, orderListID: OrderListID, listClientOrderID: ClientOrderID, contingency: String, isDone: Bool,
    members: [Member], at: Timestamp
  ) {
    self.symbol = symbol
    self.orderListID = orderListID
    self.listClientOrderID = listClientOrderID
    self.contingency = contingency
    self.isDone = isDone
    self.members = members
    self.at = at
  }

  public struct Member: Hashable, Sendable {
    public var venueOrderID: VenueOrderID
    public var clientOrderID: ClientOrderID

    public init(venueOrderID: VenueOrderID, clientOrderID: ClientOrderID) {
      self.venueOrderID = venueOrderID
      self.clientOrderID = clientOrderID
    }
  }
}
