import Postgres
import Trading
import Venue

// Rows of our tables back to values. What the core wrote is read exactly as it was; a word that a newer version wrote
// is kept as unknown where the vocabulary allows it, and is an error that names the column otherwise (fault DB10).

extension Row {
  func decimal(_ column: String) throws(PostgresError) -> FixedDecimal {
    guard let value = try optionalDecimal(column) else { throw unreadable(column) }
    return value
  }

  func optionalDecimal(_ column: String) throws(PostgresError) -> FixedDecimal? {
    guard let number = try optional(column, as: NumericText.self) else { return nil }
    guard let value = FixedDecimal(number.text) else { throw unreadable(column) }
    return value
  }

  func time(_ column: String) throws(PostgresError) -> Timestamp {
    Timestamp(microseconds: try value(column, as: TimestampText.self).microseconds)
  }

  func optionalTime(_ column: String) throws(PostgresError) -> Timestamp? {
    try optional(column, as: TimestampText.self).map { Timestamp(microseconds: $0.microseconds) }
  }

  /// A word of a closed vocabulary.
  func word<Word: RawRepresentable<String>>(_ column: String) throws(PostgresError) -> Word {
    guard let word = Word(rawValue: try value(column)) else { throw unreadable(column) }
    return word
  }

  func unreadable(_ column: String) -> PostgresError {
    PostgresError(
      .badData, operation: "read the mirror", reason: "column \(column) holds a value that this version cannot read")
  }

  private func symbol() throws(PostgresError) -> Symbol { Symbol(try value("symbol")) }

  private func lotID() throws(PostgresError) -> LotID {
    LotID(try symbol(), VenueOrderID(try value("entry_order_id")))
  }

  func order() throws(PostgresError) -> Order {
    Order(
      symbol: try symbol(), venueOrderID: VenueOrderID(try value("venue_order_id")),
      clientOrderID: ClientOrderID(try value("client_order_id")),
      orderListID: try optional("order_list_id", as: Int64.self).map { OrderListID($0) }, side: try word("side"),
      type: OrderType(mirrored: try value("type")), timeInForce: TimeInForce(mirrored: try value("time_in_force")),
      status: OrderStatus(mirrored: try value("status")), price: try decimal("price"),
      triggerPrice: try decimal("trigger_price"), quantity: try decimal("quantity"),
      executedQuantity: try decimal("executed_quantity"), executedQuote: try decimal("executed_quote"),
      preventedQuantity: try decimal("prevented_quantity"), isWorking: try optional("is_working"),
      expiryReason: try optional("expiry_reason"), createdAt: try optionalTime("venue_created_at"),
      updatedAt: try time("venue_time"))
  }

  func fill() throws(PostgresError) -> Fill {
    Fill(
      symbol: try symbol(), tradeID: TradeID(try value("trade_id")),
      venueOrderID: VenueOrderID(try value("venue_order_id")), side: try word("side"), price: try decimal("price"),
      quantity: try decimal("quantity"), commission: try decimal("commission"),
      commissionAsset: try optional("commission_asset", as: String.self).map { Asset($0) },
      isMaker: try value("is_maker"),
      venueTime: try time("venue_time"))
  }

  func leg() throws(PostgresError) -> Leg {
    Leg(
      lot: try lotID(), role: try word("role"), tranche: try value("tranche"), generation: try value("generation"),
      clientOrderID: ClientOrderID(try value("client_order_id")),
      listClientOrderID: try optional("list_client_order_id", as: String.self).map { ClientOrderID($0) },
      rangeStart: try decimal("range_start"), quantity: try decimal("quantity"),
      triggerPrice: try decimal("trigger_price"), source: try word("source"))
  }

  func closure() throws(PostgresError) -> LotClosure {
    LotClosure(
      lot: try lotID(), tradeID: TradeID(try value("trade_id")), quantity: try decimal("quantity"),
      reason: try word("reason"), profit: try decimal("realized_pnl"))
  }

  func lot() throws(PostgresError) -> Lot {
    Lot(
      id: try lotID(), entryClientOrderID: ClientOrderID(try value("entry_client_order_id")),
      strategy: try optional("strategy", as: String.self).map { StrategyID($0) }, bracket: try bracket(),
      bracketOrigin: try bracketOrigin(), isProtected: try value("is_protected"),
      filledQuantity: try decimal("filled_quantity"), filledQuote: try decimal("filled_quote"),
      baseFee: try decimal("base_fee"), closedQuantity: try decimal("closed_quantity"),
      realizedProfit: try decimal("realized_pnl"), closeReason: try closeReason(), source: try word("source"),
      openedAt: try time("opened_at"), closedAt: try optionalTime("closed_at"), entryIsOpen: try value("entry_is_open"))
  }

  func registration() throws(PostgresError) -> BracketRegistration {
    BracketRegistration(
      entryClientOrderID: ClientOrderID(try value("entry_client_order_id")),
      symbol: try optional("symbol", as: String.self).map { Symbol($0) }, bracket: try bracket(),
      strategy: try optional("strategy", as: String.self).map { StrategyID($0) })
  }

  private func closeReason() throws(PostgresError) -> CloseReason? {
    guard let text = try optional("close_reason", as: String.self) else { return nil }
    guard let reason = CloseReason(rawValue: text) else { throw unreadable("close_reason") }
    return reason
  }

  private func bracketOrigin() throws(PostgresError) -> BracketOrigin {
    let text: String = try value("bracket_origin")
    if text == BracketOrigin.registered.name { return .registered }
    if text == BracketOrigin.accountDefault.name { return .accountDefault }
    let prefix = BracketOrigin.policy("").name
    guard text.hasPrefix(prefix) else { throw unreadable("bracket_origin") }
    return .policy(String(text.dropFirst(prefix.count)))
  }

  private func bracket() throws(PostgresError) -> Bracket {
    var stop: Bracket.Level?
    if let percent = try optionalDecimal("stop_loss_percent") { stop = .percent(percent) }
    if let price = try optionalDecimal("stop_loss_price") { stop = .price(price) }
    let percents = try decimals("percents")
    let prices = try decimals("prices")
    let shares = try decimals("shares")
    guard percents.count == shares.count, prices.count == shares.count else { throw unreadable("take_profit_shares") }
    var targets: [Bracket.TakeProfit] = []
    for (index, share) in shares.enumerated() {
      guard let share, let level = percents[index].map(Bracket.Level.percent) ?? prices[index].map(Bracket.Level.price)
      else { throw unreadable("take_profit_percents") }
      targets.append(Bracket.TakeProfit(level, share: share))
    }
    return Bracket(
      stop: stop, takeProfits: targets, onCrossedStop: try word("on_crossed_stop"),
      takeProfitStyle: try word("take_profit_style"))
  }

  /// A `numeric[]` that the query turned into text with commas.
  private func decimals(_ column: String) throws(PostgresError) -> [FixedDecimal?] {
    var values: [FixedDecimal?] = []
    for part in try value(column, as: String.self).split(separator: ",") {
      if part == "null" {
        values.append(nil)
      } else if let value = FixedDecimal(part) {
        values.append(value)
      } else {
        throw unreadable(column)
      }
    }
    return values
  }
}

extension OrderType {
  init(mirrored text: String) {
    let known: [OrderType] = [
      .limit, .market, .limitMaker, .stopLoss, .stopLossLimit, .takeProfit, .takeProfitLimit,
    ]
    self = known.first { $0.name == text } ?? .unknown(text)
  }
}

extension TimeInForce {
  init(mirrored text: String) {
    let known: [TimeInForce] = [.goodTilCanceled, .immediateOrCancel, .fillOrKill]
    self = known.first { $0.name == text } ?? .unknown(text)
  }
}

extension OrderStatus {
  init(mirrored text: String) {
    let known: [OrderStatus] = [
      .pendingNew, .new, .partiallyFilled, .filled, .canceled, .rejected, .expired, .expiredInMatch,
    ]
    self = known.first { $0.name == text } ?? .unknown(text)
  }
}
