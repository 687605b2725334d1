public import Trading

/// One candle of a price history. Prices are quote units per base unit.
public struct Candle: Hashable, Sendable {
  public var open: FixedDecimal
  public var high: FixedDecimal
  public var low: FixedDecimal
  public var close: FixedDecimal

  public init(open: FixedDecimal, high: FixedDecimal, low: FixedDecimal, close: FixedDecimal) {
    self.open = open
    self.high = high
    self.low = low
    self.close = close
  }
}

/// Candles as a price path: each gives open, high, low, close, or open, low, high, close when it closed higher (the
/// nearer extreme of a rising minute tends to be the low).
public struct CandlePath: PriceSource, Hashable, Sendable {
  public let candles: [Candle]
  private var index = 0
  private var corner = 0

  public init(_ candles: [Candle]) { self.candles = candles }

  /// Reads `timestamp,open,high,low,close[,volume]` lines; the first may be a header.
  /// - Throws: `CandleError` naming the line that cannot be read.
  public init(csv: some StringProtocol) throws(CandleError) {
    var candles: [Candle] = []
    var number = 0
    for line in csv.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      guard !line.isEmpty else { continue }
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let prices = fields.dropFirst().prefix(4).compactMap { FixedDecimal($0) }
      guard prices.count == 4 else {
        if number == 1 { continue }
        throw CandleError.unreadable(line: number)
      }
      let candle = Candle(open: prices[0], high: prices[1], low: prices[2], close: prices[3])
      guard prices.allSatisfy({ $0.isPositive && candle.low <= $0 && $0 <= candle.high }) else {
        throw CandleError.inconsistent(line: number)
      }
      candles.append(candle)
    }
    guard !candles.isEmpty else { throw CandleError.empty }
    self.init(candles)
  }

  public mutating func next() -> FixedDecimal? {
    guard index < candles.count else { return nil }
    let candle = candles[index]
    let rises = candle.close >= candle.open
    let path = [candle.open, rises ? candle.low : candle.high, rises ? candle.high : candle.low, candle.close]
    let price = path[corner]
    corner += 1
    if corner == path.count {
      corner = 0
      index += 1
    }
    return price
  }
}

/// Why a candle file cannot be used.
public enum CandleError: Error, Hashable, Sendable, CustomStringConvertible {
  case empty
  case unreadable(line: Int)
  case inconsistent(line: Int)

  public var description: String {
    switch self {
    case .empty: "the file holds no candles; give lines of timestamp,open,high,low,close"
    case .unreadable(let line): "line \(line) is not timestamp,open,high,low,close; correct or remove it"
    case .inconsistent(let line): "line \(line) has a price outside its low and high; correct or remove it"
    }
  }
}
