import Trading
public import Venue

// Writes (binance.md §4.3, §4.4). Parameters are listed in alphabetical order, which is the order that the WebSocket
// API signs.

extension SpotCall {
  public static func command(_ command: VenueCommand) -> SpotCall {
    switch command {
    case .placeOCO(let placement): placeOCO(placement)
    case .placeLeg(let placement): placeLeg(placement)
    case .amend(let amendment): amend(amendment)
    case .cancelOrder(let cancel): cancelOrder(cancel)
    case .cancelList(let cancel): cancelList(cancel)
    case .placeEntry(let entry): placeEntry(entry)
    }
  }

  /// Two linked SELL orders. For a SELL the take-profit lies above the market and the stop below.
  static func placeOCO(_ placement: OCOPlacement) -> SpotCall {
    let above = placement.takeProfit
    let below = placement.stop
    var parameters: [RequestParameter] = []
    parameters.reserveCapacity(parametersMax)
    parameters.append(RequestParameter("aboveClientOrderId", above.clientOrderID.text))
    if above.limitPrice.isPositive { parameters.append(RequestParameter("abovePrice", above.limitPrice.text())) }
    if above.triggerPrice.isPositive {
      parameters.append(RequestParameter("aboveStopPrice", above.triggerPrice.text()))
    }
    if above.type.needsTimeInForce { parameters.append(RequestParameter("aboveTimeInForce", "GTC")) }
    parameters.append(RequestParameter("aboveType", above.type.spotWord))
    parameters.append(RequestParameter("belowClientOrderId", below.clientOrderID.text))
    if below.limitPrice.isPositive { parameters.append(RequestParameter("belowPrice", below.limitPrice.text())) }
    if below.triggerPrice.isPositive {
      parameters.append(RequestParameter("belowStopPrice", below.triggerPrice.text()))
    }
    if below.type.needsTimeInForce { parameters.append(RequestParameter("belowTimeInForce", "GTC")) }
    parameters.append(RequestParameter("belowType", below.type.spotWord))
    parameters.append(RequestParameter("listClientOrderId", placement.listClientOrderID.text))
    parameters.append(RequestParameter("newOrderRespType", "FULL"))
    parameters.append(RequestParameter("quantity", placement.quantity.text()))
    parameters.append(RequestParameter("side", Side.sell.spotWord))
    parameters.append(RequestParameter("symbol", placement.symbol.text))
    return .write("orderList.place.oco", .post, "/api/v3/orderList/oco", parameters)
  }

  /// One protective SELL order. The full reply is asked for: an exit's fills come back in it.
  static func placeLeg(_ placement: LegPlacement) -> SpotCall {
    let terms = placement.terms
    var parameters: [RequestParameter] = []
    parameters.reserveCapacity(parametersMax)
    parameters.append(RequestParameter("newClientOrderId", terms.clientOrderID.text))
    parameters.append(RequestParameter("newOrderRespType", "FULL"))
    if terms.limitPrice.isPositive { parameters.append(RequestParameter("price", terms.limitPrice.text())) }
    parameters.append(RequestParameter("quantity", placement.quantity.text()))
    parameters.append(RequestParameter("side", Side.sell.spotWord))
    if terms.triggerPrice.isPositive { parameters.append(RequestParameter("stopPrice", terms.triggerPrice.text())) }
    parameters.append(RequestParameter("symbol", placement.symbol.text))
    if terms.type.needsTimeInForce { parameters.append(RequestParameter("timeInForce", "GTC")) }
    parameters.append(RequestParameter("type", terms.type.spotWord))
    return .write("order.place", .post, "/api/v3/order", parameters)
  }

  /// A bot's own order (layer 3). It is no protection, so it may not touch the protective reserve.
  static func placeEntry(_ entry: EntryPlacement) -> SpotCall {
    .write("order.place", .post, "/api/v3/order", purpose: .reconcile, entryParameters(entry))
  }

  private static func entryParameters(_ entry: EntryPlacement) -> [RequestParameter] {
    var parameters: [RequestParameter] = []
    parameters.reserveCapacity(parametersMax)
    parameters.append(RequestParameter("newClientOrderId", entry.clientOrderID.text))
    parameters.append(RequestParameter("newOrderRespType", "FULL"))
    if entry.price.isPositive { parameters.append(RequestParameter("price", entry.price.text())) }
    if entry.quoteQuantity.isPositive {
      parameters.append(RequestParameter("quoteOrderQty", entry.quoteQuantity.text()))
    } else {
      parameters.append(RequestParameter("quantity", entry.quantity.text()))
    }
    parameters.append(RequestParameter("side", entry.side.spotWord))
    parameters.append(RequestParameter("symbol", entry.symbol.text))
    if entry.type.needsTimeInForce { parameters.append(RequestParameter("timeInForce", entry.timeInForce.spotWord)) }
    parameters.append(RequestParameter("type", entry.type.spotWord))
    return parameters
  }

  /// Shrinks an order in place. The own id goes along as the new one, else the venue picks a random id (fault OL16).
  static func amend(_ amendment: Amendment) -> SpotCall {
    .write(
      "order.amend.keepPriority", .put, "/api/v3/order/amend/keepPriority", weight: 4,
      [
        RequestParameter("newClientOrderId", amendment.clientOrderID.text),
        RequestParameter("newQty", amendment.newQuantity.text()),
        RequestParameter("orderId", amendment.venueOrderID.number),
        RequestParameter("symbol", amendment.symbol.text),
      ])
  }

  static func cancelOrder(_ cancel: OrderCancel) -> SpotCall {
    .write(
      "order.cancel", .delete, "/api/v3/order",
      [
        RequestParameter("orderId", cancel.venueOrderID.number), RequestParameter("symbol", cancel.symbol.text),
      ])
  }

  static func cancelList(_ cancel: ListCancel) -> SpotCall {
    .write(
      "orderList.cancel", .delete, "/api/v3/orderList",
      [
        RequestParameter("orderListId", cancel.orderListID.number), RequestParameter("symbol", cancel.symbol.text),
      ])
  }

  /// Parameters of the largest call with the four that signing adds; one allocation holds them.
  private static let parametersMax = 20
}

extension OrderType {
  /// A limit order that is not post-only must say how long it stays.
  fileprivate var needsTimeInForce: Bool {
    switch self {
    case .limit, .stopLossLimit, .takeProfitLimit: true
    case .market, .limitMaker, .stopLoss, .takeProfit, .unknown: false
    }
  }
}
