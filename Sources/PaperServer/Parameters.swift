import PaperVenue
import Trading

/// A request's parameters in the order they came, with the venue's own words for what is wrong with them.
struct Parameters: Equatable {
  struct Entry: Equatable {
    let name: String
    let value: String
  }

  private(set) var entries: [Entry] = []

  init(_ entries: [Entry] = []) { self.entries = entries }

  /// The query first: for a parameter in both, the query wins.
  init(query: String, body: String) {
    entries = Self.decode(query)
    for entry in Self.decode(body) where !entries.contains(where: { $0.name == entry.name }) { entries.append(entry) }
  }

  /// The `params` of a WebSocket request.
  init(_ object: JSONValue?) {
    entries = (object?.members ?? []).compactMap { member in
      member.value.parameter.map { Entry(name: member.name, value: $0) }
    }
  }

  private static func decode(_ form: String) -> [Entry] {
    form.split(separator: "&").compactMap { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = percentDecoded(parts[0]) else { return nil }
      return Entry(name: name, value: parts.count > 1 ? percentDecoded(parts[1]) ?? "" : "")
    }
  }

  static func percentDecoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var iterator = text.utf8.makeIterator()
    while let byte = iterator.next() {
      if byte == UInt8(ascii: "+") {
        bytes.append(0x20)
      } else if byte == UInt8(ascii: "%") {
        guard let high = iterator.next(), let low = iterator.next(),
          let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
        else { return nil }
        bytes.append(value)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  subscript(_ name: String) -> String? { entries.first { $0.name == name }?.value }

  /// All parameters but `signature`, sorted by name and joined: what a WebSocket request signs.
  var sortedPayload: String {
    entries.filter { $0.name != "signature" }.sorted { $0.name < $1.name }
      .map { $0.name + "=" + $0.value }.joined(separator: "&")
  }

  // MARK: Typed

  func text(_ name: String) throws(PaperError) -> String? {
    guard let value = self[name] else { return nil }
    guard !value.isEmpty else { throw PaperError(code: -1105, message: "Parameter '\(name)' was empty.") }
    return value
  }

  func decimal(_ name: String) throws(PaperError) -> FixedDecimal? {
    guard let value = try text(name) else { return nil }
    guard let decimal = FixedDecimal(value), !value.hasPrefix("+"), !value.hasPrefix("-") else {
      throw .illegalCharacters(name, legal: "^([0-9]{1,20})(\\.[0-9]{1,20})?$")
    }
    return decimal
  }

  func integer(_ name: String) throws(PaperError) -> Int64? {
    guard let value = try text(name) else { return nil }
    guard let number = Int64(value) else { throw .illegalCharacters(name, legal: "^[0-9]{1,20}$") }
    return number
  }

  func timestamp(_ name: String) throws(PaperError) -> Timestamp? { try integer(name).map(Self.timestamp) }

  /// Milliseconds, or microseconds when the number is too large to be milliseconds (Spot accepts both).
  static func timestamp(_ number: Int64) -> Timestamp {
    number > 100_000_000_000_000 ? Timestamp(microseconds: number) : Timestamp(milliseconds: number)
  }

  func required<Value>(_ name: String, _ value: Value?) throws(PaperError) -> Value {
    guard let value else { throw .missingParameter(name) }
    return value
  }

  func symbol() throws(PaperError) -> Symbol { Symbol(try required("symbol", try text("symbol"))) }

  func client(_ name: String) throws(PaperError) -> ClientOrderID? { try text(name).map { ClientOrderID($0) } }

  func side(_ name: String) throws(PaperError) -> Side {
    guard let side = Side(wire: try required(name, try text(name))) else { throw .invalidSide }
    return side
  }

  func type(_ name: String) throws(PaperError) -> OrderType {
    guard let type = OrderType(wire: try required(name, try text(name))) else { throw .invalidType }
    return type
  }

  func timeInForce(_ name: String) throws(PaperError) -> TimeInForce? {
    guard let text = try text(name) else { return nil }
    guard let value = TimeInForce(wire: text) else { throw .invalidTimeInForce }
    return value
  }

  func prevention() throws(PaperError) -> SelfTradePrevention? {
    guard let text = try text("selfTradePreventionMode") else { return nil }
    guard let value = SelfTradePrevention(rawValue: text) else {
      throw .illegalCharacters("selfTradePreventionMode", legal: "STP mode")
    }
    return value
  }

  func limit() throws(PaperError) -> Int? { try integer("limit").map { Int(clamping: $0) } }
}
