/// One of the venue's request limits, with its count where a reply carries it (binance.md §5).
public struct SpotRateLimit: Hashable, Sendable {
  /// `REQUEST_WEIGHT`, `ORDERS` or `RAW_REQUESTS`.
  public var type: String
  public var interval: Duration
  public var limit: Int
  public var count: Int?

  public init(type: String, interval: Duration, limit: Int, count: Int? = nil) {
    self.type = type
    self.interval = interval
    self.limit = limit
    self.count = count
  }

  /// Header of REST replies with the weight used in the current minute.
  public static let usedWeightHeader = "X-MBX-USED-WEIGHT-1M"
  /// Header of replies to orders with the orders counted in the current ten seconds.
  public static let orderCountHeader = "X-MBX-ORDER-COUNT-10S"

  /// Whether it is the per-minute weight, the one that bans.
  public var isMinuteWeight: Bool { type == "REQUEST_WEIGHT" && interval == .seconds(60) }
}

extension JSONReader {
  mutating func rateLimits() throws(MalformedMessage) -> [SpotRateLimit] {
    var limits: [SpotRateLimit] = []
    try beginArray()
    while try nextElement() {
      var type: String?
      var unit: Duration?
      var number: Int64 = 1
      var limit: Int64?
      var count: Int64?
      try beginObject()
      while let key = try nextKey() {
        switch key {
        case "rateLimitType": type = try text().string
        case "interval": unit = Self.intervalUnit(try text())
        case "intervalNum": number = try integer()
        case "limit": limit = try integer()
        case "count": count = try integer()
        default: try skip()
        }
      }
      // A limit over an interval that we do not know cannot be kept anyway.
      guard let unit else { continue }
      limits.append(
        SpotRateLimit(
          type: try required(type, "rateLimitType"),
          interval: unit * Int(clamping: Swift.max(0, Swift.min(number, 1000))),
          limit: Int(clamping: try required(limit, "limit")), count: count.map(Int.init(clamping:))))
    }
    return limits
  }

  mutating func usedWeight() throws(MalformedMessage) -> Int? {
    try rateLimits().first(where: \.isMinuteWeight)?.count
  }

  private static func intervalUnit(_ word: JSONText) -> Duration? {
    switch word {
    case "SECOND": .seconds(1)
    case "MINUTE": .seconds(60)
    case "HOUR": .seconds(3600)
    case "DAY": .seconds(86_400)
    default: nil
    }
  }
}
