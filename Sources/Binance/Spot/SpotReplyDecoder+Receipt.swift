import Trading
public import Venue

extension SpotReplyDecoder {
  /// What the venue says when it accepted `command`: an order, an order list with its reports, or an amended order. A
  /// cancel of a list member answers with the whole list.
  public func receipt(
    for command: VenueCommand, _ body: ArraySlice<UInt8>
  ) throws(MalformedMessage) -> CommandReceipt {
    try body.readingJSON { (reader) throws(MalformedMessage) in
      try receipt(from: Reply(&reader), templates: command.templates, reader)
    }
  }

  private func receipt(
    from reply: Reply, templates: [Order], _ reader: borrowing JSONReader
  ) throws(MalformedMessage) -> CommandReceipt {
    if let reports = reply.reports {
      return try receipt(of: reports, templates, listID: reply.row.listID, reader)
    }
    if var amended = reply.amended {
      amended.transactionTime = amended.transactionTime ?? reply.row.transactionTime
      return CommandReceipt(
        orders: [try amended.order(timeUnit, naming: .current, reader)], orderListID: amended.listID)
    }
    if let members = reply.members {
      let rows = members.map { member in
        var row = SpotOrderRow()
        row.orderID = member.venueOrderID.number
        row.clientOrderID = member.clientOrderID
        row.listID = reply.row.listID
        row.transactionTime = reply.row.transactionTime
        return row
      }
      return try receipt(of: rows, templates, listID: reply.row.listID, reader)
    }
    return try receipt(of: [reply.row], templates, listID: reply.row.listID, reader)
  }

  private func receipt(
    of rows: [SpotOrderRow], _ templates: [Order], listID: OrderListID?, _ reader: borrowing JSONReader
  ) throws(MalformedMessage) -> CommandReceipt {
    var receipt = CommandReceipt(orders: [], orderListID: listID)
    for row in rows {
      let template = templates.first { $0.clientOrderID == row.clientOrderID }
      let order = try row.order(timeUnit, template: template, reader)
      receipt.orders.append(order)
      receipt.fills += row.fills(of: order)
    }
    return receipt
  }

  /// An answer to a write in any of its shapes.
  private struct Reply {
    var row = SpotOrderRow()
    var reports: [SpotOrderRow]?
    var members: [OrderListUpdate.Member]?
    var amended: SpotOrderRow?

    init(_ reader: inout JSONReader) throws(MalformedMessage) {
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch key {
        case "orderReports":
          reports = try reader.array { (reader) throws(MalformedMessage) in try SpotOrderRow(&reader) }
        case "orders": members = try reader.listMembers(orderID: "orderId", clientOrderID: "clientOrderId")
        case "amendedOrder": amended = try SpotOrderRow(&reader)
        case "transactionTime": row.transactionTime = try reader.integer()
        default: if try !row.read(key, &reader) { try reader.skip() }
        }
      }
    }
  }
}

extension VenueCommand {
  /// The orders that the command asks for, as an ACK leaves them: accepted, nothing more known.
  fileprivate var templates: [Order] {
    switch self {
    case .placeOCO(let placement):
      [placement.takeProfit, placement.stop].map { $0.template(placement.symbol, placement.quantity) }
    case .placeLeg(let placement): [placement.terms.template(placement.symbol, placement.quantity)]
    case .placeEntry(let entry):
      [
        Order(
          symbol: entry.symbol, venueOrderID: 0, clientOrderID: entry.clientOrderID, side: entry.side, type: entry.type,
          timeInForce: entry.timeInForce, status: .new, price: entry.price, quantity: entry.quantity,
          updatedAt: Timestamp(microseconds: 0))
      ]
    case .amend, .cancelOrder, .cancelList: []
    }
  }
}

extension LegTerms {
  fileprivate func template(_ symbol: Symbol, _ quantity: FixedDecimal) -> Order {
    Order(
      symbol: symbol, venueOrderID: 0, clientOrderID: clientOrderID, side: .sell, type: type, status: .new,
      price: limitPrice, triggerPrice: triggerPrice, quantity: quantity, updatedAt: Timestamp(microseconds: 0))
  }
}
