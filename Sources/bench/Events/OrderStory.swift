import Trading

/// Makes the frames of a bot's orders as the venue writes them, with ids and times that go up for ever.
struct OrderStory {
  /// What an order goes through.
  enum Course {
    /// NEW, half filled, filled: what peers' published figures were measured on.
    case filled
    case canceled
  }

  private(set) var lastOrder: Int64 = 4_293_153
  private var lastTrade: Int64 = 77_000
  private var milliseconds: Int64 = 1_763_700_000_000
  private let clientPrefix: String

  init(clientPrefix: String) { self.clientPrefix = clientPrefix }

  var venueTime: Timestamp { Timestamp(milliseconds: milliseconds) }

  /// One round trip of a bot: bought and sold again, and a bid that nobody took. Eight reports.
  mutating func roundTrip() -> [[UInt8]] {
    order("BUY", .filled) + order("SELL", .filled) + order("BUY", .canceled)
  }

  mutating func order(_ side: String, _ course: Course) -> [[UInt8]] {
    lastOrder += 1
    var report = Report(order: lastOrder, client: clientPrefix + String(lastOrder), side: side)
    var frames = [frame(&report, execution: "NEW", status: "NEW")]
    switch course {
    case .filled:
      for (step, status) in ["PARTIALLY_FILLED", "FILLED"].enumerated() {
        lastTrade += 1
        report.trade = lastTrade
        report.last = "0.00050000"
        report.commission = "0.00003750"
        report.executed = step == 0 ? "0.00050000" : "0.00100000"
        report.executedQuote = step == 0 ? "30.00000000" : "60.00000000"
        frames.append(frame(&report, execution: "TRADE", status: status))
      }
    case .canceled:
      report.original = report.client
      report.client = "cxl" + String(lastOrder)
      frames.append(frame(&report, execution: "CANCELED", status: "CANCELED"))
    }
    return frames
  }

  private struct Report {
    var order: Int64
    var client: String
    var side: String
    var original = ""
    var trade: Int64 = -1
    var last = "0.00000000"
    var executed = "0.00000000"
    var executedQuote = "0.00000000"
    var commission = "0"
  }

  private mutating func frame(_ report: inout Report, execution: String, status: String) -> [UInt8] {
    milliseconds += 1
    let isTrade = execution == "TRADE"
    let isWorking = status != "FILLED" && status != "CANCELED"
    return Array(
      """
      {"subscriptionId":0,"event":{"e":"executionReport","E":\(milliseconds),"s":"BTCUSDT","c":"\(report.client)",\
      "S":"\(report.side)","o":"LIMIT","f":"GTC","q":"0.00100000","p":"60000.00000000","P":"0.00000000",\
      "F":"0.00000000","g":-1,"C":"\(report.original)","x":"\(execution)","X":"\(status)","r":"NONE",\
      "i":\(report.order),"l":"\(isTrade ? report.last : "0.00000000")","z":"\(report.executed)",\
      "L":"\(isTrade ? "60000.00000000" : "0.00000000")","n":"\(isTrade ? report.commission : "0")",\
      "N":\(isTrade ? "\"BNB\"" : "null"),"T":\(milliseconds),"t":\(isTrade ? report.trade : -1),\
      "I":\(8_641_984 + milliseconds),"w":\(isWorking),"m":false,"M":\(isTrade),"O":\(milliseconds),\
      "Z":"\(report.executedQuote)","Y":"\(isTrade ? "30.00000000" : "0.00000000")","Q":"0.00000000",\
      "W":\(milliseconds),"V":"EXPIRE_MAKER","j":1027,"J":1000000,"b":"ONE_PARTY_TRADE_REPORT","k":"EXCHANGE",\
      "uS":false,"a":41,"u":-1,"gP":"PRIMARY_PEG","gOT":"PRICE_LEVEL","gOV":1,"gp":"60000.00000000"}}
      """.utf8)
  }
}
