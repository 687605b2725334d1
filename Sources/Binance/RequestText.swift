/// The bytes of a request being built: a signing payload, a query or a frame.
struct RequestText {
  /// Room for an order list with both legs; most requests need one allocation.
  static let usualBytes = 768

  private(set) var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(Self.usualBytes) }

  mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(_ number: Int64) { append(String(number)) }

  // MARK: - name=value

  /// `name=value` after a `&` if something precedes; the value raw, as the WebSocket API signs it (binance.md §1.3).
  mutating func appendPair(_ parameter: RequestParameter) {
    appendName(parameter.name)
    switch parameter.value {
    case .text(let text): append(text)
    case .number(let number): append(number)
    case .list(let list): appendList(list)
    }
  }

  /// The same, the value percent-encoded: what REST signs and sends.
  mutating func appendEncodedPair(_ parameter: RequestParameter) {
    appendName(parameter.name)
    switch parameter.value {
    case .text(let text): appendPercentEncoded(text.utf8)
    case .number(let number): append(number)
    case .list(let list):
      var text = RequestText()
      text.appendList(list)
      appendPercentEncoded(text.bytes)
    }
  }

  private mutating func appendName(_ name: StaticString) {
    if !bytes.isEmpty { append("&") }
    append(name)
    append("=")
  }

  /// RFC 3986: everything but the unreserved characters as `%XX` in upper case.
  private mutating func appendPercentEncoded(_ text: some Sequence<UInt8>) {
    for byte in text {
      if Self.isUnreserved(byte) {
        bytes.append(byte)
      } else {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(Self.hexDigit(byte >> 4, ten: UInt8(ascii: "A")))
        bytes.append(Self.hexDigit(byte & 0xF, ten: UInt8(ascii: "A")))
      }
    }
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static func hexDigit(_ nibble: UInt8, ten: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : ten + nibble - 10
  }

  // MARK: - JSON

  /// `"name":value`, after a `,` unless it is the first.
  mutating func appendMember(_ parameter: RequestParameter, isFirst: Bool) {
    append(isFirst ? "\"" : ",\"")
    append(parameter.name)
    append("\":")
    switch parameter.value {
    case .text(let text): appendQuoted(text)
    case .number(let number): append(number)
    case .list(let list): appendList(list)
    }
  }

  mutating func appendQuoted(_ text: String) {
    append("\"")
    defer { append("\"") }
    // Ids, prices and symbols need no escape: one copy instead of a loop over bytes.
    guard text.utf8.contains(where: Self.needsEscape) else { return append(text) }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0..<0x20:
        append("\\u00")
        bytes.append(Self.hexDigit(byte >> 4, ten: UInt8(ascii: "a")))
        bytes.append(Self.hexDigit(byte & 0xF, ten: UInt8(ascii: "a")))
      default: bytes.append(byte)
      }
    }
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func appendList(_ list: [String]) {
    append("[")
    for (index, item) in list.enumerated() {
      if index > 0 { append(",") }
      appendQuoted(item)
    }
    append("]")
  }
}
