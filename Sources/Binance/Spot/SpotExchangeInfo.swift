public import Trading

/// The answer to `exchangeInfo`: what can be traded and within which limits (binance.md §4.1, §4.2).
public struct SpotExchangeInfo: Hashable, Sendable {
  public var serverTime: Timestamp
  public var instruments: [Instrument]
  public var rateLimits: [SpotRateLimit]
  /// Symbols whose description could not be read; one of them must not hide all others (fault ST20).
  public var unreadableSymbols: Int

  public init(
    serverTime: Timestamp, instruments: [Instrument], rateLimits: [SpotRateLimit], unreadableSymbols: Int = 0
  ) {
    self.serverTime = serverTime
    self.instruments = instruments
    self.rateLimits = rateLimits
    self.unreadableSymbols = unreadableSymbols
  }
}

extension SpotReplyDecoder {
  public func exchangeInfo(_ body: ArraySlice<UInt8>) throws(MalformedMessage) -> SpotExchangeInfo {
    try body.readingJSON { (reader) throws(MalformedMessage) in
      var serverTime: Int64?
      var instruments: [Instrument]?
      var unreadable = 0
      var rateLimits: [SpotRateLimit] = []
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch key {
        case "serverTime": serverTime = try reader.integer()
        case "rateLimits": rateLimits = try reader.rateLimits()
        case "symbols":
          var list: [Instrument] = []
          try reader.beginArray()
          while try reader.nextElement() {
            var ahead = reader
            try reader.skip()
            if let instrument = try? ahead.instrument() { list.append(instrument) } else { unreadable += 1 }
          }
          instruments = list
        default: try reader.skip()
        }
      }
      return SpotExchangeInfo(
        serverTime: timeUnit.timestamp(try reader.required(serverTime, "serverTime")),
        instruments: try reader.required(instruments, "symbols"), rateLimits: rateLimits, unreadableSymbols: unreadable)
    }
  }
}

extension JSONReader {
  fileprivate mutating func instrument() throws(MalformedMessage) -> Instrument {
    var symbol: Symbol?
    var base: Asset?
    var quote: Asset?
    var status: TradingStatus?
    var orderTypes: [OrderType] = []
    var allowsOCO = false
    var allowsAmend = false
    var filters = InstrumentFilters()
    try beginObject()
    while let key = try nextKey() {
      switch key {
      case "symbol": symbol = try self.symbol()
      case "baseAsset": base = try asset()
      case "quoteAsset": quote = try asset()
      case "status": status = TradingStatus(spot: try text())
      case "orderTypes":
        orderTypes = try array { (reader) throws(MalformedMessage) in OrderType(spot: try reader.text()) }
      case "ocoAllowed": allowsOCO = try boolean()
      case "amendAllowed": allowsAmend = try boolean()
      case "filters":
        try beginArray()
        while try nextElement() { try SpotFilterRow(&self).apply(to: &filters) }
      default: try skip()
      }
    }
    return Instrument(
      symbol: try required(symbol, "symbol"), base: try required(base, "baseAsset"),
      quote: try required(quote, "quoteAsset"), status: try required(status, "status"), orderTypes: orderTypes,
      allowsOCO: allowsOCO, allowsAmend: allowsAmend, filters: filters)
  }
}
