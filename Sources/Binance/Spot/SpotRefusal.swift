public import Trading

/// The venue's error object: `{"code":-1121,"msg":"Invalid symbol."}` (binance.md §6). What it *means* is
/// `SpotOutcomes`' table.
public struct SpotRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// Longest message kept, in characters: the venue's are short, a proxy's page is not.
  public static let messageCharactersMax = 300

  public var code: Int
  public var message: String
  /// `data.retryAfter` of a WebSocket API error: the venue time before which nothing may be sent.
  public var retryAt: Timestamp?

  public init(code: Int, message: String, retryAt: Timestamp? = nil) {
    self.code = code
    self.message = String(message.prefix(Self.messageCharactersMax))
    self.retryAt = retryAt
  }

  public var description: String { "venue error \(code): \(message)" }

  /// Reads a REST error body.
  public init(_ body: ArraySlice<UInt8>) throws(MalformedMessage) {
    self = try body.readingJSON { (reader) throws(MalformedMessage) in try reader.refusal() }
  }
}

extension JSONReader {
  mutating func refusal() throws(MalformedMessage) -> SpotRefusal {
    var code: Int64?
    var message: String?
    var retryAt: Timestamp?
    try beginObject()
    while let key = try nextKey() {
      switch key {
      case "code": code = try integer()
      case "msg": message = try text().string
      case "data": retryAt = try retryTime()
      default: try skip()
      }
    }
    return SpotRefusal(
      code: Int(clamping: try required(code, "code")), message: try required(message, "msg"), retryAt: retryAt)
  }

  /// `{"serverTime":…,"retryAfter":…}`; the `data` of other errors holds other things.
  private mutating func retryTime() throws(MalformedMessage) -> Timestamp? {
    skipWhitespace()
    guard peek() == UInt8(ascii: "{") else {
      try skip()
      return nil
    }
    var retryAt: Timestamp?
    try beginObject()
    while let key = try nextKey() {
      switch key {
      case "retryAfter": retryAt = Timestamp(milliseconds: try integer())
      default: try skip()
      }
    }
    return retryAt
  }
}
