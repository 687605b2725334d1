import PaperVenue
import Trading
import Venue

/// The guardian's values ↔ the paper venue's: what the wire and the codec do in the product, without bytes.
enum VenueTranslation {
  // MARK: - Commands

  static func request(_ command: VenueCommand) -> PaperRequest {
    switch command {
    case .placeOCO(let oco):
      .placeList(
        .oco(
          above: newOrder(oco.takeProfit, oco.symbol, oco.quantity),
          below: newOrder(oco.stop, oco.symbol, oco.quantity),
          clientOrderID: oco.listClientOrderID))
    case .placeLeg(let leg): .place(newOrder(leg.terms, leg.symbol, leg.quantity))
    case .amend(let amendment):
      .amend(
        AmendOrder(
          OrderLookup(amendment.symbol, orderID: amendment.venueOrderID), newQuantity: amendment.newQuantity,
          newClientOrderID: amendment.clientOrderID))
    case .cancelOrder(let cancel): .cancel(CancelOrder(OrderLookup(cancel.symbol, orderID: cancel.venueOrderID)))
    case .cancelList(let cancel): .cancelList(CancelList(cancel.symbol, ListLookup(listID: cancel.orderListID)))
    case .placeEntry(let entry): .place(newOrder(entry))
    }
  }

  private static func newOrder(_ terms: LegTerms, _ symbol: Symbol, _ quantity: FixedDecimal) -> NewOrder {
    let isLimit = terms.type == .stopLossLimit || terms.type == .takeProfitLimit
    return NewOrder(
      symbol: symbol, side: .sell, type: terms.type, timeInForce: isLimit ? .goodTilCanceled : nil, quantity: quantity,
      price: terms.limitPrice.isPositive ? terms.limitPrice : nil,
      stopPrice: terms.triggerPrice.isPositive ? terms.triggerPrice : nil, clientOrderID: terms.clientOrderID)
  }

  private static func newOrder(_ entry: EntryPlacement) -> NewOrder {
    NewOrder(
      symbol: entry.symbol, side: entry.side, type: entry.type,
      timeInForce: entry.type == .limit ? entry.timeInForce : nil,
      quantity: entry.quantity.isPositive ? entry.quantity : nil,
      quoteOrderQuantity: entry.quoteQuantity.isPositive ? entry.quoteQuantity : nil,
      price: entry.price.isPositive ? entry.price : nil, clientOrderID: entry.clientOrderID)
  }

  static func lookup(_ query: OrderQuery) -> OrderLookup {
    switch query.reference {
    case .client(let id): OrderLookup(query.symbol, clientOrderID: id)
    case .venue(let id): OrderLookup(query.symbol, orderID: id)
    }
  }

  // MARK: - Orders, fills, balances

  static func order(_ order: PaperOrder, _ grain: TimeGrain) -> Order {
    Order(
      symbol: order.symbol, venueOrderID: order.id, clientOrderID: order.clientOrderID, orderListID: order.listID,
      side: order.side, type: order.type, timeInForce: order.timeInForce, status: order.status, price: order.price,
      triggerPrice: order.stopPrice, quantity: order.quantity, executedQuantity: order.executedQuantity,
      executedQuote: order.executedQuote, preventedQuantity: order.preventedQuantity, isWorking: order.isWorking,
      expiryReason: order.expiryReason?.rawValue, createdAt: grain.cut(order.createdAt),
      updatedAt: grain.cut(order.updatedAt))
  }

  static func fill(_ trade: PaperTrade, _ grain: TimeGrain) -> Fill {
    Fill(
      symbol: trade.symbol, tradeID: trade.id, venueOrderID: trade.orderID, side: trade.side, price: trade.price,
      quantity: trade.quantity, commission: trade.commission, commissionAsset: trade.commissionAsset,
      isMaker: trade.isMaker, venueTime: grain.cut(trade.time))
  }

  static func balance(_ balance: PaperBalance) -> Balance {
    Balance(asset: balance.asset, free: balance.free, locked: balance.locked)
  }

  // MARK: - Events

  static func event(_ event: PaperEvent, _ grain: TimeGrain) -> VenueEvent? {
    switch event.payload {
    case .executionReport(let report): .order(update(report, at: event.time, grain))
    case .listStatus(let list):
      .orderList(
        OrderListUpdate(
          symbol: list.symbol, orderListID: list.id, listClientOrderID: list.clientOrderID,
          contingency: list.shape.contingency, isDone: !list.isOpen,
          members: list.members.map {
            OrderListUpdate.Member(venueOrderID: $0.orderID, clientOrderID: $0.clientOrderID)
          }, at: grain.cut(event.time)))
    case .accountPosition(let balances, let at): .balances(balances.map(balance), at: grain.cut(at))
    case .balanceUpdate(let asset, let delta, let at): .balanceChange(asset, by: delta, at: grain.cut(at))
    case .externalLockUpdate(let asset, let delta, let at): .externalLock(asset, by: delta, at: grain.cut(at))
    case .eventStreamTerminated: nil
    }
  }

  private static func update(_ report: ExecutionReport, at time: Timestamp, _ grain: TimeGrain) -> OrderUpdate {
    let execution: ExecutionType =
      switch report.execution {
      case .new: .new
      case .canceled: .canceled
      case .replaced: .replaced
      case .rejected: .rejected
      case .trade: .trade
      case .expired: .expired
      case .tradePrevention: .tradePrevention
      }
    return OrderUpdate(
      order: order(report.order, grain), execution: execution, fill: report.trade.map { fill($0, grain) },
      executionID: report.executionID, eventTime: grain.cut(time))
  }

  // MARK: - Instruments

  static func instrument(_ rules: SymbolRules, _ status: SymbolStatus) -> Instrument {
    var filters = InstrumentFilters()
    filters.tickSize = rules.filters.tickSize
    filters.priceMin = rules.filters.priceMin
    filters.priceMax = rules.filters.priceMax
    filters.stepSize = rules.filters.stepSize
    filters.quantityMin = rules.filters.quantityMin
    filters.quantityMax = rules.filters.quantityMax
    filters.marketStepSize = rules.filters.marketStepSize
    filters.marketQuantityMin = rules.filters.marketQuantityMin
    filters.marketQuantityMax = rules.filters.marketQuantityMax
    filters.notionalMin = rules.filters.notionalMin
    filters.notionalMax = rules.filters.notionalMax
    filters.notionalMinAppliesToMarket = rules.filters.notionalMinAppliesToMarket
    filters.askMultiplierDown = rules.filters.askMultiplierDown
    filters.askMultiplierUp = rules.filters.askMultiplierUp
    filters.bidMultiplierDown = rules.filters.bidMultiplierDown
    filters.bidMultiplierUp = rules.filters.bidMultiplierUp
    filters.ordersMax = rules.filters.ordersMax
    filters.algoOrdersMax = rules.filters.algoOrdersMax
    filters.orderListsMax = rules.filters.orderListsMax
    filters.amendsMax = rules.filters.amendsMax
    let trading: TradingStatus =
      switch status {
      case .trading: .trading
      case .cancelOnly: .cancelOnly
      case .halt, .breakTrading, .endOfDay: .halted
      }
    return Instrument(
      symbol: rules.symbol, base: rules.base, quote: rules.quote, status: trading, orderTypes: rules.orderTypes,
      allowsOCO: rules.allowsOCO, allowsAmend: rules.allowsAmend, filters: filters)
  }
}

/// How fine the venue's times are: whole milliseconds unless a client asks for microseconds (binance.md §1).
enum TimeGrain: Hashable, Sendable, CaseIterable {
  case milliseconds, microseconds

  func cut(_ time: Timestamp) -> Timestamp {
    switch self {
    case .milliseconds: Timestamp(milliseconds: time.milliseconds)
    case .microseconds: time
    }
  }
}
