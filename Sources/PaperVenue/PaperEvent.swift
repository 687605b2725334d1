public import Trading

/// One user event of one account, as a plain value that carries every wire field (binance.md §3.1).
public struct PaperEvent: Hashable, Sendable {
  public var account: AccountID
  /// `E`: when the event was made.
  public var time: Timestamp
  public var payload: Payload

  public init(account: AccountID, time: Timestamp, payload: Payload) {
    self.account = account
    self.time = time
    self.payload = payload
  }

  public enum Payload: Hashable, Sendable {
    indirect case executionReport(ExecutionReport)
    indirect case listStatus(PaperOrderList)
    /// `outboundAccountPosition`: absolute amounts of the assets that may have changed.
    case accountPosition([PaperBalance], updatedAt: Timestamp)
    /// `balanceUpdate`: a deposit, withdrawal or debit, with its sign.
    case balanceUpdate(Asset, delta: FixedDecimal, clearedAt: Timestamp)
    /// `externalLockUpdate`: positive when locked by another product, negative when released.
    case externalLockUpdate(Asset, delta: FixedDecimal, at: Timestamp)
    /// The subscription ended while its socket lives (fault ST14).
    case eventStreamTerminated
  }

  public var kind: EventKind {
    switch payload {
    case .executionReport: .executionReport
    case .listStatus: .listStatus
    case .accountPosition: .accountPosition
    case .balanceUpdate: .balanceUpdate
    case .externalLockUpdate: .externalLockUpdate
    case .eventStreamTerminated: .eventStreamTerminated
    }
  }
}

public enum EventKind: String, Hashable, Sendable, CaseIterable {
  case executionReport, listStatus, accountPosition, balanceUpdate, externalLockUpdate, eventStreamTerminated
}

/// `executionReport`. The order is its state right after the execution: it gives `q p P F g X i z w O Z Q W V eR f o
/// S`.
public struct ExecutionReport: Hashable, Sendable {
  /// `x`. The raw value is the wire name.
  public enum Execution: String, Hashable, Sendable, CaseIterable {
    case new = "NEW"
    case canceled = "CANCELED"
    case replaced = "REPLACED"
    case rejected = "REJECTED"
    case trade = "TRADE"
    case expired = "EXPIRED"
    case tradePrevention = "TRADE_PREVENTION"
  }

  /// `r`. The raw value is the wire name.
  public enum RejectReason: String, Hashable, Sendable {
    case none = "NONE"
    case insufficientBalances = "INSUFFICIENT_BALANCES"
    case stopWouldTrigger = "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY"
    case wouldMatch = "WOULD_MATCH_IMMEDIATELY"
    case ocoBadPrices = "OCO_BAD_PRICES"
  }

  public var order: PaperOrder
  public var execution: Execution
  public var rejectReason: RejectReason = .none
  /// `c`: on a cancel the id of the cancel.
  public var clientOrderID: ClientOrderID
  /// `C`: the order's id on a cancel, the previous id on an amend; empty otherwise.
  public var originalClientOrderID: ClientOrderID = ""
  /// `I`: unique per execution.
  public var executionID: Int64
  /// `T`.
  public var transactedAt: Timestamp
  /// The trade, when the execution is one: gives `t l L Y n N m`.
  public var trade: PaperTrade?
  /// Quantity taken away by self-trade prevention: gives `v A B U`.
  public var prevention: Prevention?

  public struct Prevention: Hashable, Sendable {
    public var matchID: Int64
    public var quantity: FixedDecimal
    public var price: FixedDecimal
    public var counterOrderID: VenueOrderID
  }
}
