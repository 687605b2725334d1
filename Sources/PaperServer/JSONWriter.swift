import Trading

/// Writes JSON in the venue's exact field formats: amounts as strings with at least eight decimals, ids and times as
/// integers.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  static func object(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object(body)
    return writer.bytes
  }

  static func array<Row>(_ rows: some Sequence<Row>, _ body: (inout JSONWriter, Row) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.array(rows, body)
    return writer.bytes
  }

  mutating func object(_ body: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
    body(&self)
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  mutating func array<Row>(_ rows: some Sequence<Row>, _ body: (inout JSONWriter, Row) -> Void) {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
    for row in rows { body(&self, row) }
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  mutating func key(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  // MARK: Values

  mutating func string(_ text: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes += Array("\\n".utf8)
      case 0x0D: bytes += Array("\\r".utf8)
      case 0x09: bytes += Array("\\t".utf8)
      case 0x00..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  mutating func integer(_ value: Int64) { raw(Array(String(value).utf8)) }
  mutating func decimal(_ value: FixedDecimal) { string(value.text(minimumPlaces: 8)) }
  mutating func bool(_ value: Bool) { raw(Array((value ? "true" : "false").utf8)) }
  mutating func null() { raw(Array("null".utf8)) }

  /// JSON that is already written.
  mutating func raw(_ json: [UInt8]) {
    separate()
    bytes += json
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  // MARK: Fields

  mutating func field(_ name: String, _ value: String) {
    key(name)
    string(value)
  }

  mutating func field(_ name: String, _ value: Int64) {
    key(name)
    integer(value)
  }

  mutating func field(_ name: String, _ value: Int) { field(name, Int64(value)) }

  mutating func field(_ name: String, _ value: FixedDecimal) {
    key(name)
    decimal(value)
  }

  mutating func field(_ name: String, _ value: Bool) {
    key(name)
    bool(value)
  }

  mutating func field(_ name: String, _ value: Timestamp) { field(name, value.milliseconds) }

  mutating func field(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    object(body)
  }

  mutating func field<Row>(_ name: String, array rows: some Sequence<Row>, _ body: (inout JSONWriter, Row) -> Void) {
    key(name)
    array(rows, body)
  }

  mutating func field(_ name: String, raw json: [UInt8]) {
    key(name)
    raw(json)
  }
}
