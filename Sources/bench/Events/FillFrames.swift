import Trading

/// Filled market entries, each on a symbol that has not traded before.
struct FillFrames {
  let symbols: [Symbol]
  private var next = 0

  init(count: Int) { symbols = (0..<count).map { Symbol("A\($0)USDT") } }

  /// The message of the next fill, as the venue writes it.
  mutating func take() -> [UInt8] {
    let symbol = symbols[next % symbols.count]
    next += 1
    let milliseconds = Int64(Stopwatch.wallNanoseconds / 1_000_000)
    return Array(
      """
      {"subscriptionId":0,"event":{"e":"executionReport","E":\(milliseconds),"s":"\(symbol)","c":"entry-\(next)",\
      "S":"BUY","o":"MARKET","f":"GTC","q":"0.01000000","p":"0.00000000","P":"0.00000000","F":"0.00000000","g":-1,\
      "C":"","x":"TRADE","X":"FILLED","r":"NONE","i":\(4_000_000 + next),"l":"0.01000000","z":"0.01000000",\
      "L":"60000.00000000","n":"0.00001000","N":"BNB","T":\(milliseconds),"t":\(70_000 + next),\
      "I":\(8_641_984 + next),"w":false,"m":false,"M":true,"O":\(milliseconds),"Z":"600.00000000",\
      "Y":"600.00000000","Q":"0.00000000","W":\(milliseconds),"V":"EXPIRE_MAKER","j":1027,"J":1000000,\
      "b":"ONE_PARTY_TRADE_REPORT","k":"EXCHANGE","uS":false,"a":41,"u":-1,"gP":"PRIMARY_PEG","gOT":"PRICE_LEVEL",\
      "gOV":1,"gp":"60000.00000000"}}
      """.utf8)
  }
}
