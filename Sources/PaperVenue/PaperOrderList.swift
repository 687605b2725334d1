public import Trading

/// A list of contingent orders (binance.md §4.4).
public struct PaperOrderList: Hashable, Sendable {
  /// How the members hang together.
  public enum Shape: Hashable, Sendable, CaseIterable {
    /// Two legs, one execution.
    case oco
    /// A working order, then one order.
    case oto
    /// A working order, then two legs with one execution.
    case otoco
    /// As `oto`, the child sized by what was received.
    case opo
    /// As `otoco`, the children sized by what was received.
    case opoco

    public var hasWorkingOrder: Bool { self != .oco }
    public var hasPair: Bool { self == .oco || self == .otoco || self == .opoco }
    public var sizesByReceipt: Bool { self == .opo || self == .opoco }
    /// The wire's `contingencyType`.
    public var contingency: String { self == .oco ? "OCO" : "OTO" }
  }

  public enum Status: String, Hashable, Sendable {
    case response = "RESPONSE"
    case execStarted = "EXEC_STARTED"
    case updated = "UPDATED"
    case allDone = "ALL_DONE"
  }

  public enum OrderStatus: String, Hashable, Sendable {
    case executing = "EXECUTING"
    case allDone = "ALL_DONE"
    case reject = "REJECT"
  }

  public let id: OrderListID
  public let symbol: Symbol
  public let shape: Shape
  public let clientOrderID: ClientOrderID
  public internal(set) var status: Status = .execStarted
  public internal(set) var orderStatus: OrderStatus = .executing
  public internal(set) var transactedAt: Timestamp
  /// Members in the order of their ids: the working order first, then the stop leg, then the profit leg.
  public internal(set) var members: [Member]

  public struct Member: Hashable, Sendable {
    public let orderID: VenueOrderID
    public internal(set) var clientOrderID: ClientOrderID
  }

  public var isOpen: Bool { status != .allDone }
  /// Position of the first pending member; for an OCO there is none.
  var pendingStart: Int { shape.hasWorkingOrder ? 1 : members.count }
}
