import PaperVenue
import Trading

/// The unsigned reads: what is asked, what it weighs, and its WebSocket twin.
enum PublicMarket {
  static func path(ofMethod method: String) -> String? {
    switch method {
    case "exchangeInfo": "exchangeInfo"
    case "ticker.price": "ticker/price"
    case "ticker.book": "ticker/bookTicker"
    case "ticker.24hr": "ticker/24hr"
    case "depth": "depth"
    case "klines": "klines"
    case "avgPrice": "avgPrice"
    default: nil
    }
  }

  static func weight(_ path: String) -> Int {
    switch path {
    case "exchangeInfo": 20
    case "ticker/24hr": 80
    case "depth", "ticker/price", "ticker/bookTicker", "klines", "avgPrice": 2
    default: 1
    }
  }
}

extension VenueCore {
  /// The body of an unsigned read, or `nil` when the path is none.
  func publicBody(_ path: String, _ parameters: Parameters) throws(PaperError) -> [UInt8]? {
    let body: [UInt8]
    switch path {
    case "ping": body = JSONWriter.object { _ in }
    case "time": body = JSONWriter.object { $0.field("serverTime", self.serverTime) }
    case "exchangeInfo":
      body = JSONWriter.exchangeInfo(world.exchange, symbols: try wantedSymbols(parameters).symbols, at: serverTime)
    case "ticker/price":
      body = try rows(parameters) { json, symbol, price in
        json.field("symbol", symbol.text)
        json.field("price", price)
      }
    case "ticker/bookTicker":
      body = try rows(parameters) { json, symbol, price in
        let (bid, ask) = self.quotes(symbol, price)
        json.field("symbol", symbol.text)
        json.field("bidPrice", bid)
        json.field("bidQty", MarketTape.displayedQuantity)
        json.field("askPrice", ask)
        json.field("askQty", MarketTape.displayedQuantity)
      }
    case "ticker/24hr": body = try rows(parameters) { json, symbol, price in self.dayTicker(&json, symbol, price) }
    case "avgPrice":
      let (symbol, price) = try priced(parameters)
      body = JSONWriter.object { json in
        json.field("mins", 5)
        json.field("price", price)
        json.field("closeTime", self.serverTime)
        _ = symbol
      }
    case "depth": body = try depth(parameters)
    case "klines": body = try klines(parameters)
    default: return nil
    }
    if let error = world.meter?.charge(PublicMarket.weight(path), at: now) { throw error }
    return body
  }

  private func wantedSymbols(_ parameters: Parameters) throws(PaperError) -> (symbols: [Symbol], isSingle: Bool) {
    let listed = world.exchange.listedSymbols
    if let text = try parameters.text("symbol") {
      guard listed.contains(Symbol(text)) else { throw .invalidSymbol }
      return ([Symbol(text)], true)
    }
    guard let text = try parameters.text("symbols") else { return (listed, false) }
    guard let names = JSONValue.parse(Array(text.utf8))?.items.compactMap(\.text), !names.isEmpty else {
      throw .illegalCharacters("symbols", legal: "[\"BTCUSDT\",\"BNBUSDT\"]")
    }
    for name in names where !listed.contains(Symbol(name)) { throw .invalidSymbol }
    return (names.map { Symbol($0) }, false)
  }

  private func rows(
    _ parameters: Parameters, _ body: (inout JSONWriter, Symbol, FixedDecimal) -> Void
  ) throws(PaperError) -> [UInt8] {
    let (symbols, isSingle) = try wantedSymbols(parameters)
    let priced = symbols.compactMap { symbol in world.exchange.lastPrice(of: symbol).map { (symbol, $0) } }
    if isSingle, let (symbol, price) = priced.first { return JSONWriter.object { body(&$0, symbol, price) } }
    return JSONWriter.array(priced) { json, row in json.object { body(&$0, row.0, row.1) } }
  }

  private func priced(_ parameters: Parameters) throws(PaperError) -> (Symbol, FixedDecimal) {
    let symbol = try parameters.symbol()
    guard let price = world.exchange.lastPrice(of: symbol) else { throw .invalidSymbol }
    return (symbol, price)
  }

  private func quotes(_ symbol: Symbol, _ price: FixedDecimal) -> (bid: FixedDecimal, ask: FixedDecimal) {
    let half = world.exchange.depth(of: symbol)?.halfSpread ?? .zero
    return (price - half, price + half)
  }

  private func depth(_ parameters: Parameters) throws(PaperError) -> [UInt8] {
    let (symbol, price) = try priced(parameters)
    let (bid, ask) = quotes(symbol, price)
    let tick = world.exchange.rules(of: symbol)?.filters.tickSize ?? .zero
    let levels = (0..<20).map { FixedDecimal($0) * tick }
    func side(_ json: inout JSONWriter, _ name: String, _ price: (FixedDecimal) -> FixedDecimal) {
      json.field(name, array: levels) { json, offset in
        json.array([price(offset), MarketTape.displayedQuantity]) { $0.decimal($1) }
      }
    }
    return JSONWriter.object { json in
      json.field("lastUpdateId", self.now)
      side(&json, "bids") { bid - $0 }
      side(&json, "asks") { ask + $0 }
    }
  }

  private func klines(_ parameters: Parameters) throws(PaperError) -> [UInt8] {
    let (symbol, _) = try priced(parameters)
    let limit = try parameters.limit() ?? 500
    let start = try parameters.integer("startTime") ?? .min
    let end = try parameters.integer("endTime") ?? .max
    let minutes = tape.minutes(of: symbol).filter { $0.start >= start && $0.start <= end }
    return JSONWriter.array(minutes.suffix(Swift.max(0, limit))) { json, minute in
      json.array(0..<12) { json, column in
        switch column {
        case 0: json.integer(minute.start)
        case 1: json.decimal(minute.open)
        case 2: json.decimal(minute.high)
        case 3: json.decimal(minute.low)
        case 4: json.decimal(minute.close)
        case 6: json.integer(minute.start + 59_999)
        case 8: json.integer(minute.moves)
        default: json.decimal(FixedDecimal(Int(minute.moves)))
        }
      }
    }
  }

  private func dayTicker(_ json: inout JSONWriter, _ symbol: Symbol, _ price: FixedDecimal) {
    let minutes = tape.minutes(of: symbol)
    let open = minutes.first?.open ?? price
    let change = price - open
    json.field("symbol", symbol.text)
    json.field("priceChange", change)
    let percent = (change * FixedDecimal(100)).divided(by: open) ?? .zero
    json.field("priceChangePercent", percent.rounded(toMultipleOf: "0.001", .halfEven).text(minimumPlaces: 3))
    json.field("weightedAvgPrice", price)
    json.field("prevClosePrice", open)
    json.field("lastPrice", price)
    json.field("lastQty", MarketTape.displayedQuantity)
    json.field("bidPrice", quotes(symbol, price).bid)
    json.field("bidQty", MarketTape.displayedQuantity)
    json.field("askPrice", quotes(symbol, price).ask)
    json.field("askQty", MarketTape.displayedQuantity)
    json.field("openPrice", open)
    json.field("highPrice", minutes.map(\.high).max() ?? price)
    json.field("lowPrice", minutes.map(\.low).min() ?? price)
    json.field("volume", FixedDecimal(minutes.count))
    json.field("quoteVolume", FixedDecimal(minutes.count) * price)
    json.field("openTime", now.milliseconds - 86_400_000)
    json.field("closeTime", now)
    json.field("firstId", 0)
    json.field("lastId", minutes.count)
    json.field("count", minutes.count)
  }
}
