import Trading
import Venue

extension SpotEventDecoder {
  /// The fields of an `executionReport` as they come; texts stay in place until they are known to be needed.
  private struct Report {
    var symbol: JSONText?
    var clientOrderID: JSONText?
    var originalClientOrderID: JSONText?
    var side: Side?
    var type: OrderType?
    var timeInForce: TimeInForce?
    var execution: ExecutionType?
    var status: OrderStatus?
    var orderID: Int64?
    var listID: OrderListID?
    var price = FixedDecimal.zero
    var triggerPrice = FixedDecimal.zero
    var quantity: FixedDecimal?
    var executed: FixedDecimal?
    var executedQuote = FixedDecimal.zero
    var prevented = FixedDecimal.zero
    var lastQuantity = FixedDecimal.zero
    var lastPrice = FixedDecimal.zero
    var commission = FixedDecimal.zero
    var commissionAsset: Asset?
    var tradeID: Int64 = -1
    var executionID: Int64?
    var isWorking: Bool?
    var isMaker = false
    var rejectReason: String?
    var expiryReason: String?
    var createdAt: Int64?
    var transactionTime: Int64?
    var eventTime: Int64?
    /// One bit per letter, to refuse a letter that comes twice (fault ST21).
    var seen: (UInt64, UInt64) = (0, 0)
  }

  func executionReport(_ reader: inout JSONReader) throws(MalformedMessage) -> OrderUpdate {
    var report = Report()
    try reader.beginObject()
    while true {
      if let letter = reader.compactLetter() {
        try Self.mark(letter, in: &report.seen, reader)
        try Self.read(letter, into: &report, &reader)
        continue
      }
      guard let key = try reader.nextKey() else { break }
      if let letter = key.letter {
        try Self.mark(letter, in: &report.seen, reader)
        try Self.read(letter, into: &report, &reader)
      } else if case "eR" = key {
        report.expiryReason = try reader.reason()
      } else {
        try reader.skip()
      }
    }
    return try update(from: report, reader)
  }

  @inline(__always) private static func mark(
    _ letter: Unicode.Scalar, in seen: inout (UInt64, UInt64), _ reader: borrowing JSONReader
  ) throws(MalformedMessage) {
    let bit: UInt64 = 1 << UInt64(letter.value & 63)
    if letter.value < 64 {
      guard seen.0 & bit == 0 else { throw reader.defect(.duplicateKey) }
      seen.0 |= bit
    } else {
      guard seen.1 & bit == 0 else { throw reader.defect(.duplicateKey) }
      seen.1 |= bit
    }
  }

  @inline(__always) private static func read(
    _ letter: Unicode.Scalar, into report: inout Report, _ reader: inout JSONReader
  ) throws(MalformedMessage) {
    switch letter {
    case "s": report.symbol = try reader.text()
    case "c": report.clientOrderID = try reader.text()
    case "C": report.originalClientOrderID = try reader.text()
    case "S": report.side = try reader.side()
    case "o": report.type = OrderType(spot: try reader.text())
    case "f": report.timeInForce = TimeInForce(spot: try reader.text())
    case "x": report.execution = ExecutionType(spot: try reader.text())
    case "X": report.status = OrderStatus(spot: try reader.text())
    case "r": report.rejectReason = try reader.reason()
    case "i": report.orderID = try reader.integer()
    case "g": report.listID = try reader.orderListID()
    case "p": report.price = try reader.decimal()
    case "P": report.triggerPrice = try reader.decimal()
    case "q": report.quantity = try reader.decimal()
    case "z": report.executed = try reader.decimal()
    case "Z": report.executedQuote = try reader.decimal()
    case "A": report.prevented = try reader.decimal()
    case "l": report.lastQuantity = try reader.decimal()
    case "L": report.lastPrice = try reader.decimal()
    case "n": report.commission = try reader.skipNull() ? .zero : reader.decimal()
    case "N": report.commissionAsset = try reader.skipNull() ? nil : reader.asset()
    case "t": report.tradeID = try reader.integer()
    case "I": report.executionID = try reader.integer()
    case "w": report.isWorking = try reader.boolean()
    case "m": report.isMaker = try reader.boolean()
    case "O": report.createdAt = try reader.integer()
    case "T": report.transactionTime = try reader.integer()
    case "E": report.eventTime = try reader.integer()
    default: try reader.skip()
    }
  }

  private func update(
    from report: borrowing Report, _ reader: borrowing JSONReader
  ) throws(MalformedMessage) -> OrderUpdate {
    let execution = try reader.required(report.execution, "x")
    let requestID = try reader.required(report.clientOrderID, "c")
    let time = timeUnit.timestamp(try reader.required(report.transactionTime, "T"))
    let symbol = Symbol(try reader.required(report.symbol, "s").string)
    let orderID = VenueOrderID(try reader.required(report.orderID, "i"))
    let side = try reader.required(report.side, "S")
    // Made in one go: an update is some 600 bytes, and each copy of it shows in the decode rate.
    return OrderUpdate(
      order: Order(
        symbol: symbol,
        venueOrderID: orderID,
        clientOrderID: ClientOrderID(Self.ownID(of: report, execution, requestID).string),
        orderListID: report.listID,
        side: side,
        type: try reader.required(report.type, "o"),
        timeInForce: try reader.required(report.timeInForce, "f"),
        status: try reader.required(report.status, "X"),
        price: report.price,
        triggerPrice: report.triggerPrice,
        quantity: try reader.required(report.quantity, "q"),
        executedQuantity: try reader.required(report.executed, "z"),
        executedQuote: report.executedQuote,
        preventedQuantity: report.prevented,
        isWorking: report.isWorking,
        expiryReason: report.expiryReason,
        createdAt: report.createdAt.map(timeUnit.timestamp),
        updatedAt: time),
      execution: execution,
      fill: execution == .trade ? Self.fill(of: report, symbol, orderID, side, time) : nil,
      executionID: report.executionID,
      requestClientOrderID: Self.cancelID(of: report, execution, requestID),
      rejectReason: report.rejectReason,
      eventTime: report.eventTime.map(timeUnit.timestamp) ?? time)
  }

  private static func fill(
    of report: borrowing Report, _ symbol: Symbol, _ orderID: VenueOrderID, _ side: Side, _ time: Timestamp
  ) -> Fill? {
    guard report.tradeID >= 0, report.lastQuantity.isPositive else { return nil }
    return Fill(
      symbol: symbol, tradeID: TradeID(report.tradeID), venueOrderID: orderID, side: side, price: report.lastPrice,
      quantity: report.lastQuantity, commission: report.commission, commissionAsset: report.commissionAsset,
      isMaker: report.isMaker, venueTime: time)
  }

  /// The id of the cancel that ended the order.
  private static func cancelID(
    of report: borrowing Report, _ execution: ExecutionType, _ requestID: JSONText
  ) -> ClientOrderID? {
    guard execution == .canceled, let original = report.originalClientOrderID, !original.isEmpty else { return nil }
    return ClientOrderID(requestID.string)
  }

  /// The order's *own* id. A cancel puts its own id into `c` and the order's into `C`; an amend gives the order the new
  /// id `c` and shows the former one in `C` (binance.md §3.1, fault OL16).
  private static func ownID(
    of report: borrowing Report, _ execution: ExecutionType, _ requestID: JSONText
  ) -> JSONText {
    guard execution == .canceled, let original = report.originalClientOrderID, !original.isEmpty else {
      return requestID
    }
    return original
  }
}
