import Trading

// What is refused before an order exists: parameters by type, precision, filters (binance.md §4.2, §4.3).

/// A placement whose parameters are complete and legal, at the exchange's indices.
struct OrderDraft {
  let account: Int
  let symbol: Int
  let request: NewOrder
  let timeInForce: TimeInForce
  /// Base units; for `quoteOrderQuantity` computed from the book; zero for an OPO child.
  let quantity: FixedDecimal
  let price: FixedDecimal
  let stopPrice: FixedDecimal
  let selfTradePrevention: SelfTradePrevention

  var side: Side { request.side }
  var type: OrderType { request.type }
}

extension PaperExchange {
  /// Wire amounts have at most 8 decimals.
  static let precision: FixedDecimal = "0.00000001"
  static let clientOrderIDLengthMax = 36

  /// Checks everything but counts and the matching engine's own rules.
  /// - Parameter sized: false for OPO children, whose quantity comes later.
  func draft(_ request: NewOrder, account: Int, sized: Bool = true) throws(PaperError) -> OrderDraft {
    let symbol = try symbolPosition(request.symbol)
    let state = symbols[symbol]
    try checkClientOrderID(request.clientOrderID, "newClientOrderId")
    try checkParameters(request, sized: sized)
    guard state.rules.orderTypes.contains(request.type) else { throw .unsupported(request.type.wireName) }
    if request.trailingDelta != nil { throw .unsupported("Trailing stop") }
    if request.icebergQuantity != nil { throw .unsupported("Iceberg") }
    let prevention = request.selfTradePrevention ?? state.rules.selfTradePrevention
    if request.selfTradePrevention != nil, !state.rules.selfTradePreventions.contains(prevention) {
      throw .preventionNotAllowed
    }
    try checkPrecision(request)
    guard accounts[account].canTrade else { throw .tradingDisabled }
    guard state.status.acceptsOrders, let last = state.last else { throw .marketClosed }
    let quantity = request.quantity ?? quantity(forQuote: request, state: state, last: last)
    let draft = OrderDraft(
      account: account, symbol: symbol, request: request, timeInForce: request.timeInForce ?? .goodTilCanceled,
      quantity: quantity, price: request.price ?? .zero, stopPrice: request.stopPrice ?? .zero,
      selfTradePrevention: prevention)
    try checkPriceFilters(draft, state: state, last: last)
    if sized { try checkSizeFilters(draft, quantity: quantity, state: state, last: last) }
    return draft
  }

  func checkClientOrderID(_ id: ClientOrderID?, _ parameter: String) throws(PaperError) {
    guard let text = id?.text else { return }
    let legal = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard legal, !text.isEmpty, text.utf8.count <= Self.clientOrderIDLengthMax else {
      throw .illegalCharacters(parameter, legal: "^[a-zA-Z0-9-_]{1,36}$")
    }
  }

  private func checkParameters(_ request: NewOrder, sized: Bool) throws(PaperError) {
    let isMarket = request.type == .market
    if sized, request.quantity == nil, !(isMarket && request.quoteOrderQuantity != nil) {
      throw .missingParameter("quantity")
    }
    if request.quoteOrderQuantity != nil, !isMarket || request.quantity != nil {
      throw .unexpectedParameter("quoteOrderQty")
    }
    switch request.type {
    case .limit, .stopLossLimit, .takeProfitLimit:
      if request.price == nil { throw .missingParameter("price") }
      if request.timeInForce == nil { throw .missingParameter("timeInForce") }
    case .limitMaker:
      if request.price == nil { throw .missingParameter("price") }
      if request.timeInForce != nil { throw .timeInForceNotRequired }
    case .market, .stopLoss, .takeProfit:
      if request.price != nil { throw .unexpectedParameter("price") }
      if request.timeInForce != nil { throw .timeInForceNotRequired }
    case .unknown: throw .invalidType
    }
    if request.type.isConditional {
      if request.stopPrice == nil { throw .missingParameter("stopPrice") }
    } else if request.stopPrice != nil {
      throw .unexpectedParameter("stopPrice")
    }
  }

  private func checkPrecision(_ request: NewOrder) throws(PaperError) {
    let fields = [
      ("quantity", request.quantity), ("quoteOrderQty", request.quoteOrderQuantity), ("price", request.price),
      ("stopPrice", request.stopPrice),
    ]
    for (name, value) in fields {
      guard let value else { continue }
      guard value.isMultiple(of: Self.precision) else { throw .precision(name) }
      // A number that is not positive never reaches the filters (message of the engine).
      guard value.isPositive else { throw .rejected("Price * QTY is zero or less.") }
    }
  }

  private func checkPriceFilters(_ draft: OrderDraft, state: SymbolState, last: FixedDecimal) throws(PaperError) {
    let filters = state.rules.filters
    for price in [draft.price, draft.stopPrice] where price.isPositive {
      guard price >= filters.priceMin, price.isMultiple(of: filters.tickSize),
        filters.priceMax.isZero || price <= filters.priceMax
      else { throw .filterFailure(.price) }
    }
    guard draft.price.isPositive else { return }
    let up = draft.side == .buy ? filters.bidMultiplierUp : filters.askMultiplierUp
    let down = draft.side == .buy ? filters.bidMultiplierDown : filters.askMultiplierDown
    if up.isPositive, draft.price > last * up { throw .filterFailure(.percentPrice) }
    if down.isPositive, draft.price < last * down { throw .filterFailure(.percentPrice) }
  }

  /// LOT_SIZE, MARKET_LOT_SIZE, NOTIONAL and MAX_POSITION.
  func checkSizeFilters(
    _ draft: OrderDraft, quantity: FixedDecimal, state: SymbolState, last: FixedDecimal
  ) throws(PaperError) {
    let filters = state.rules.filters
    guard quantity >= filters.quantityMin, quantity.isPositive, quantity.isMultiple(of: filters.stepSize),
      filters.quantityMax.isZero || quantity <= filters.quantityMax
    else { throw .filterFailure(.lotSize) }
    let isMarket = draft.type == .market
    if isMarket {
      guard quantity >= filters.marketQuantityMin, quantity.isMultiple(of: filters.marketStepSize),
        filters.marketQuantityMax.isZero || quantity <= filters.marketQuantityMax
      else { throw .filterFailure(.marketLotSize) }
    }
    let price = draft.price.isPositive ? draft.price : draft.stopPrice.isPositive ? draft.stopPrice : last
    let notional = draft.request.quoteOrderQuantity ?? price * quantity
    if !isMarket || filters.notionalMinAppliesToMarket, notional < filters.notionalMin {
      throw .filterFailure(.notional)
    }
    if !isMarket || filters.notionalMaxAppliesToMarket, filters.notionalMax.isPositive, notional > filters.notionalMax {
      throw .filterFailure(.notional)
    }
    if filters.positionMax.isPositive, draft.side == .buy {
      let book = accounts[draft.account].books[draft.symbol]
      let held = accounts[draft.account].balances[state.baseIndex].total
      let buying = book.open.reduce(FixedDecimal.zero) { sum, position in
        let order = book.orders[position]
        return order.side == .buy ? sum + order.remainingQuantity : sum
      }
      if held + buying + quantity > filters.positionMax { throw .filterFailure(.positionMax) }
    }
  }

  /// MAX_NUM_ORDERS, MAX_NUM_ALGO_ORDERS, MAX_NUM_ORDER_LISTS, with what is about to be added.
  func checkCounts(account: Int, symbol: Int, adding drafts: [OrderDraft], lists: Int) throws(PaperError) {
    let filters = symbols[symbol].rules.filters
    let book = accounts[account].books[symbol]
    if filters.ordersMax > 0, book.open.count + drafts.count > filters.ordersMax { throw .filterFailure(.ordersMax) }
    let addedAlgo = drafts.count { $0.type.isConditional }
    if addedAlgo > 0, filters.algoOrdersMax > 0 {
      let open = book.open.count { book.orders[$0].type.isConditional && !book.orders[$0].isWorking }
      if open + addedAlgo > filters.algoOrdersMax { throw .filterFailure(.algoOrdersMax) }
    }
    if lists > 0, filters.orderListsMax > 0 {
      let open = accounts[account].openLists.count { id in
        guard let position = accounts[account].listPosition(id) else { return false }
        return accounts[account].lists[position].symbol == symbols[symbol].rules.symbol
      }
      if open + lists > filters.orderListsMax { throw .filterFailure(.orderListsMax) }
    }
  }

  /// How much base a MARKET order for a quote amount gets, floored to the lot step.
  private func quantity(forQuote request: NewOrder, state: SymbolState, last: FixedDecimal) -> FixedDecimal {
    guard let quote = request.quoteOrderQuantity else { return .zero }
    var left = quote
    var quantity = FixedDecimal.zero
    let all = FixedDecimal(units: .max / 1_000_000_000_000)
    for slice in state.depth.slices(for: request.side, quantity: all, last: last, limit: nil) {
      let affordable = (left.divided(by: slice.price, .down) ?? .zero)
      let taken = FixedDecimal.min(slice.quantity, affordable)
      quantity = quantity + taken
      left = left - taken * slice.price
      if taken < slice.quantity { break }
    }
    return quantity.rounded(toMultipleOf: state.rules.filters.stepSize, .down)
  }
}

extension OrderType {
  /// The name on the wire.
  var wireName: String { name.uppercased() }
}
