import PaperVenue
import Trading

/// Market data made from the last prices: one-minute candles, a running trade number, and the stream messages of every
/// move.
struct MarketTape {
  struct Minute {
    let start: Int64
    var open: FixedDecimal
    var high: FixedDecimal
    var low: FixedDecimal
    var close: FixedDecimal
    var moves: Int64
  }

  /// A stream message with the stream's name, such as `btcusdt@trade`.
  struct Message {
    let stream: String
    let body: [UInt8]
  }

  /// Candles kept per symbol: what one page of `klines` can ask for.
  static let minutesMax = 1000
  /// Base units of every synthetic market trade and book level.
  static let displayedQuantity: FixedDecimal = "1"

  private struct Row {
    let symbol: Symbol
    var minutes: [Minute] = []
    var last: FixedDecimal
    var trades: Int64 = 0
  }

  private var rows: [Row] = []

  /// Notes every price that moved and gives what the streams say about it.
  mutating func observe(_ exchange: PaperExchange, at now: Timestamp) -> [Message] {
    var messages: [Message] = []
    for symbol in exchange.listedSymbols {
      guard let price = exchange.lastPrice(of: symbol) else { continue }
      let index =
        rows.firstIndex { $0.symbol == symbol }
        ?? {
          rows.append(Row(symbol: symbol, last: price))
          note(rows.count - 1, price, at: now)
          return rows.count - 1
        }()
      guard rows[index].last != price else { continue }
      note(index, price, at: now)
      messages += self.messages(index, at: now)
    }
    return messages
  }

  private mutating func note(_ index: Int, _ price: FixedDecimal, at now: Timestamp) {
    let start = now.milliseconds / 60_000 * 60_000
    rows[index].last = price
    rows[index].trades += 1
    if var minute = rows[index].minutes.last, minute.start == start {
      minute.high = FixedDecimal.max(minute.high, price)
      minute.low = FixedDecimal.min(minute.low, price)
      minute.close = price
      minute.moves += 1
      rows[index].minutes[rows[index].minutes.count - 1] = minute
    } else {
      rows[index].minutes.append(Minute(start: start, open: price, high: price, low: price, close: price, moves: 1))
      if rows[index].minutes.count > Self.minutesMax { rows[index].minutes.removeFirst() }
    }
  }

  func minutes(of symbol: Symbol) -> [Minute] { rows.first { $0.symbol == symbol }?.minutes ?? [] }

  // MARK: Messages

  private func messages(_ index: Int, at now: Timestamp) -> [Message] {
    let row = rows[index]
    let name = row.symbol.text.lowercased()
    let quantity = Self.displayedQuantity
    func message(_ suffix: String, _ body: (inout JSONWriter) -> Void) -> Message {
      Message(stream: name + suffix, body: JSONWriter.object(body))
    }
    func head(_ json: inout JSONWriter, _ event: String) {
      json.field("e", event)
      json.field("E", now)
      json.field("s", row.symbol.text)
    }
    func book(_ json: inout JSONWriter, _ side: String) {
      json.field(side, array: [row.last]) { json, price in
        json.array([price, quantity]) { $0.decimal($1) }
      }
    }
    return [
      message("@trade") { json in
        head(&json, "trade")
        json.field("t", row.trades)
        json.field("p", row.last)
        json.field("q", quantity)
        json.field("T", now)
        json.field("m", false)
        json.field("M", true)
      },
      message("@aggTrade") { json in
        head(&json, "aggTrade")
        json.field("a", row.trades)
        json.field("p", row.last)
        json.field("q", quantity)
        json.field("f", row.trades)
        json.field("l", row.trades)
        json.field("T", now)
        json.field("m", false)
        json.field("M", true)
      },
      message("@bookTicker") { json in
        json.field("u", row.trades)
        json.field("s", row.symbol.text)
        json.field("b", row.last)
        json.field("B", quantity)
        json.field("a", row.last)
        json.field("A", quantity)
      },
      message("@miniTicker") { json in
        head(&json, "24hrMiniTicker")
        self.range(&json, row)
      },
      message("@ticker") { json in
        head(&json, "24hrTicker")
        self.day(&json, row, at: now)
      },
      message("@kline_1m") { json in
        head(&json, "kline")
        if let minute = row.minutes.last { json.field("k") { self.kline(&$0, row, minute) } }
      },
      message("@depth") { json in
        head(&json, "depthUpdate")
        json.field("U", row.trades)
        json.field("u", row.trades)
        book(&json, "b")
        book(&json, "a")
      },
    ]
  }

  private func range(_ json: inout JSONWriter, _ row: Row) {
    json.field("c", row.last)
    json.field("o", row.minutes.first?.open ?? row.last)
    json.field("h", row.minutes.map(\.high).max() ?? row.last)
    json.field("l", row.minutes.map(\.low).min() ?? row.last)
    json.field("v", FixedDecimal(Int(row.trades)))
    json.field("q", row.last)
  }

  private func day(_ json: inout JSONWriter, _ row: Row, at now: Timestamp) {
    let open = row.minutes.first?.open ?? row.last
    let percent = ((row.last - open) * FixedDecimal(100)).divided(by: open) ?? .zero
    json.field("p", row.last - open)
    json.field("P", percent.rounded(toMultipleOf: "0.001", .halfEven).text(minimumPlaces: 3))
    json.field("w", row.last)
    json.field("x", open)
    json.field("Q", Self.displayedQuantity)
    json.field("b", row.last)
    json.field("B", Self.displayedQuantity)
    json.field("a", row.last)
    json.field("A", Self.displayedQuantity)
    range(&json, row)
    json.field("O", now.milliseconds - 86_400_000)
    json.field("C", now)
    json.field("F", 1)
    json.field("L", row.trades)
    json.field("n", row.trades)
  }

  private func kline(_ json: inout JSONWriter, _ row: Row, _ minute: Minute) {
    json.field("t", minute.start)
    json.field("T", minute.start + 59_999)
    json.field("s", row.symbol.text)
    json.field("i", "1m")
    json.field("f", row.trades)
    json.field("L", row.trades)
    json.field("o", minute.open)
    json.field("c", minute.close)
    json.field("h", minute.high)
    json.field("l", minute.low)
    json.field("v", FixedDecimal(Int(minute.moves)))
    json.field("n", minute.moves)
    json.field("x", false)
    json.field("q", minute.close)
    json.field("V", FixedDecimal(Int(minute.moves)))
    json.field("Q", minute.close)
    json.field("B", "0")
  }
}
