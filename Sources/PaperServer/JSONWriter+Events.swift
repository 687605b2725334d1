import PaperVenue
import Trading

// User data events (binance.md §3.1).

extension JSONWriter {
  /// `{"subscriptionId":n,"event":{…}}`.
  static func event(_ event: PaperEvent, subscription: Int) -> [UInt8] {
    object { json in
      json.field("subscriptionId", subscription)
      json.field("event") { $0.eventFields(event) }
    }
  }

  private mutating func eventFields(_ event: PaperEvent) {
    switch event.payload {
    case .executionReport(let report):
      field("e", "executionReport")
      field("E", event.time)
      executionReport(report)
    case .listStatus(let list):
      field("e", "listStatus")
      field("E", event.time)
      listStatus(list)
    case .accountPosition(let balances, let updatedAt):
      field("e", "outboundAccountPosition")
      field("E", event.time)
      field("u", updatedAt)
      field("B", array: balances) { json, balance in
        json.object { json in
          json.field("a", balance.asset.text)
          json.field("f", balance.free)
          json.field("l", balance.locked)
        }
      }
    case .balanceUpdate(let asset, let delta, let time):
      field("e", "balanceUpdate")
      field("E", event.time)
      field("a", asset.text)
      field("d", delta)
      field("T", time)
    case .externalLockUpdate(let asset, let delta, let time):
      field("e", "externalLockUpdate")
      field("E", event.time)
      field("a", asset.text)
      field("d", delta)
      field("T", time)
    case .eventStreamTerminated:
      field("e", "eventStreamTerminated")
      field("E", event.time)
    }
  }

  private mutating func executionReport(_ report: ExecutionReport) {
    let order = report.order
    field("s", order.symbol.text)
    field("c", report.clientOrderID.text)
    field("S", order.side.wire)
    field("o", order.type.wire)
    field("f", order.timeInForce.wire)
    field("q", order.quantity)
    field("p", order.price)
    field("P", order.stopPrice)
    field("F", FixedDecimal.zero)
    field("g", order.listID?.number ?? -1)
    field("C", report.originalClientOrderID.text)
    field("x", report.execution.rawValue)
    field("X", order.status.wire)
    field("r", report.rejectReason.rawValue)
    field("i", order.id.number)
    field("l", report.trade?.quantity ?? .zero)
    field("z", order.executedQuantity)
    field("L", report.trade?.price ?? .zero)
    if let trade = report.trade {
      field("n", trade.commission)
      field("N", trade.commissionAsset.text)
    } else {
      field("n", "0")
      key("N")
      null()
    }
    field("T", report.transactedAt)
    field("t", report.trade?.id.number ?? -1)
    if let prevention = report.prevention { field("v", prevention.matchID) }
    field("I", report.executionID)
    field("w", order.isWorking)
    field("m", report.trade?.isMaker ?? false)
    field("M", report.trade != nil)
    field("O", order.createdAt)
    field("Z", order.executedQuote)
    field("Y", report.trade?.quote ?? .zero)
    field("Q", order.quoteOrderQuantity)
    let showsWorkingTime = report.execution == .new || report.execution == .trade || report.execution == .replaced
    if showsWorkingTime, let since = order.workingSince { field("W", since) }
    field("V", order.selfTradePrevention.rawValue)
    if let id = order.strategyID { field("j", id) }
    if let type = order.strategyType { field("J", type) }
    if let prevention = report.prevention { preventionFields(prevention, order) }
    if let reason = order.expiryReason { field("eR", reason.rawValue) }
  }

  private mutating func preventionFields(_ prevention: ExecutionReport.Prevention, _ order: PaperOrder) {
    field("A", order.preventedQuantity)
    field("B", prevention.quantity)
    field("u", -1)
    field("U", prevention.counterOrderID.number)
    field("Cs", order.symbol.text)
    field("pl", prevention.quantity)
    field("pL", prevention.price)
    field("pY", prevention.price * prevention.quantity)
  }

  private mutating func listStatus(_ list: PaperOrderList) {
    field("s", list.symbol.text)
    field("g", list.id.number)
    field("c", list.shape.contingency)
    field("l", list.status.rawValue)
    field("L", list.orderStatus.rawValue)
    field("r", "NONE")
    field("C", list.clientOrderID.text)
    field("T", list.transactedAt)
    field("O", array: list.members) { json, member in
      json.object { json in
        json.field("s", list.symbol.text)
        json.field("i", member.orderID.number)
        json.field("c", member.clientOrderID.text)
      }
    }
  }
}
