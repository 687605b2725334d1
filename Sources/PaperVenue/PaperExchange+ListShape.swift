import Trading

// What a list's members must look like together (binance.md §4.4 "Leg rules").

extension PaperExchange {
  func checkShape(_ request: NewOrderList, rules: SymbolRules) throws(PaperError) {
    if request.shape.hasPair, !rules.allowsOCO { throw .unsupported("OCO") }
    if request.shape.hasWorkingOrder, !rules.allowsOTO { throw .unsupported("OTO") }
    if request.shape.sizesByReceipt, !rules.allowsOPO { throw .unsupported("OPO") }
    if request.shape.hasWorkingOrder {
      guard let working = request.working else { throw .missingParameter("workingType") }
      guard working.type == .limit || working.type == .limitMaker else { throw .invalidType }
      if request.shape.sizesByReceipt, working.side != .buy {
        throw .legShape(-1222, "Working order side must be BUY in an OPO order list.")
      }
    }
    for leg in request.pending {
      if request.shape.sizesByReceipt {
        if leg.side != .sell { throw .legShape(-1223, "Pending order side must be SELL in an OPO order list.") }
        if leg.quantity != nil { throw .legShape(-1225, "Pending quantity is not allowed in an OPO order list.") }
      }
      if leg.quoteOrderQuantity != nil { throw .unexpectedParameter("quoteOrderQty") }
    }
    if request.shape.hasPair {
      try checkPair(request.pending)
    } else if request.pending.count != 1 {
      throw .unsupportedCombination
    }
  }

  private func checkPair(_ legs: [NewOrder]) throws(PaperError) {
    guard legs.count == 2, legs[0].side == legs[1].side, legs[0].quantity == legs[1].quantity,
      legs[0].symbol == legs[1].symbol
    else { throw .unsupportedCombination }
    let (above, below) = (legs[0], legs[1])
    for leg in legs where leg.type == .limit || leg.type == .market {
      throw .legShape(-1158, "Order type not supported in OCO.")
    }
    if !above.type.isConditional, !below.type.isConditional {
      throw .legShape(-1198, "At least one OCO order must be contingent.")
    }
    if above.side == .buy, !above.type.isConditional {
      throw .legShape(-1196, "A limit order in a buy OCO must be below.")
    }
    if above.side == .sell, !below.type.isConditional {
      throw .legShape(-1197, "A limit order in a sell OCO must be above.")
    }
    let stop = above.side == .sell ? below : above
    let profit = above.side == .sell ? above : below
    guard stop.type.isStop, !profit.type.isStop else { throw .priceRelation }
  }

  /// SELL: profit > last > stop; BUY mirrored. Pending pairs are held to their own order only: the price comes later.
  func checkRelation(_ request: NewOrderList, pending: [NewOrder], symbol: Int) throws(PaperError) {
    guard request.shape.hasPair, let last = symbols[symbol].last else { return }
    let stop = pending[0].stopPrice ?? .zero
    let profit = pending[1].stopPrice ?? pending[1].price ?? .zero
    let sells = pending[0].side == .sell
    guard sells ? profit > stop : profit < stop else { throw .priceRelation }
    guard request.shape == .oco else { return }
    let fits = sells ? profit > last && last > stop : profit < last && last < stop
    guard fits else { throw .priceRelation }
  }

  /// Client ids: none may repeat within the list or be in use by an open order or open list.
  func checkListIDs(_ request: NewOrderList, drafts: [OrderDraft], account: Int, symbol: Int) throws(PaperError) {
    var seen: [ClientOrderID] = []
    for draft in drafts {
      guard let id = draft.request.clientOrderID else { continue }
      guard !seen.contains(id) else { throw .duplicateOrder }
      try checkDuplicate(id, account: account, symbol: symbol)
      seen.append(id)
    }
    guard let listID = request.clientOrderID else { return }
    guard !seen.contains(listID) else { throw .duplicateOrder }
    for id in accounts[account].openLists {
      guard let position = accounts[account].listPosition(id) else { continue }
      if accounts[account].lists[position].clientOrderID == listID { throw .duplicateOrder }
    }
  }
}
