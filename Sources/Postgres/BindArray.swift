/// A one-dimensional array parameter for `unnest($1, …)`, built element by element into the bytes that are sent.
///
/// Numeric arrays are sent as array text (`{1.5,NULL}`), because decimal text is what we hold and the server parses it
/// exactly; every other type is sent in binary, where nothing needs escaping (SE03).
public struct BindArray: Sendable, Hashable {
  public enum Element: Sendable, Hashable {
    case text, int64, bool, numeric, timestamp, bytes
  }

  public let element: Element
  public private(set) var count = 0
  private var hasNull = false
  private var hasNUL = false
  private var body: [UInt8] = []

  public init(_ element: Element, capacity: Int = 0) {
    self.element = element
    body.reserveCapacity(capacity * 16)
  }

  public init(text values: some Collection<String>) {
    self.init(.text, capacity: values.count)
    for value in values { append(value) }
  }

  public init(int64 values: some Collection<Int64>) {
    self.init(.int64, capacity: values.count)
    for value in values { append(value) }
  }

  public init(numeric values: some Collection<String>) {
    self.init(.numeric, capacity: values.count)
    for value in values { append(numeric: value) }
  }

  public mutating func appendNull() {
    count += 1
    hasNull = true
    if element == .numeric {
      separate()
      body.append(contentsOf: Self.nullText)
    } else {
      appendInt32(-1)
    }
  }

  public mutating func append(_ value: String?) {
    precondition(element == .text, "a text element in an array of \(element)")
    guard var value else { return appendNull() }
    count += 1
    value.withUTF8 { bytes in
      if bytes.contains(0) { hasNUL = true }
      appendInt32(Int32(truncatingIfNeeded: bytes.count))
      body.append(contentsOf: bytes)
    }
  }

  public mutating func append(_ value: Int64?) {
    precondition(element == .int64, "an integer element in an array of \(element)")
    guard let value else { return appendNull() }
    appendFixed(value)
  }

  public mutating func append(_ value: Bool?) {
    precondition(element == .bool, "a boolean element in an array of \(element)")
    guard let value else { return appendNull() }
    count += 1
    appendInt32(1)
    body.append(value ? 1 : 0)
  }

  /// Decimal text such as `-12.50`. Only digits, sign, point and exponent may occur: anything else would break the
  /// array text, so it is refused here and not left to the server.
  public mutating func append(numeric value: String?) {
    precondition(element == .numeric, "a numeric element in an array of \(element)")
    guard var value else { return appendNull() }
    count += 1
    separate()
    value.withUTF8 { bytes in
      if bytes.contains(where: { !Self.isNumericByte($0) }) || bytes.isEmpty { hasNUL = true }
      body.append(contentsOf: bytes)
    }
  }

  public mutating func append(timestampMicroseconds value: Int64?) {
    precondition(element == .timestamp, "a timestamp element in an array of \(element)")
    guard let value else { return appendNull() }
    appendFixed(value &- microsecondsFrom1970To2000)
  }

  public mutating func append(bytes value: [UInt8]?) {
    precondition(element == .bytes, "a bytes element in an array of \(element)")
    guard let value else { return appendNull() }
    count += 1
    appendInt32(Int32(truncatingIfNeeded: value.count))
    body.append(contentsOf: value)
  }

  // MARK: - Bytes

  private static let nullText = Array("NULL".utf8)

  private static func isNumericByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func separate() {
    if !body.isEmpty { body.append(UInt8(ascii: ",")) }
  }

  private mutating func appendFixed(_ value: Int64) {
    count += 1
    appendInt32(8)
    withUnsafeBytes(of: value.bigEndian) { body.append(contentsOf: $0) }
  }

  private mutating func appendInt32(_ value: Int32) {
    withUnsafeBytes(of: value.bigEndian) { body.append(contentsOf: $0) }
  }

  /// Nil when an element cannot be stored: a NUL inside a text, or something that is not a number among numbers.
  func encoded() -> EncodedParameter? {
    guard !hasNUL else { return nil }
    let (elementOID, arrayOID): (UInt32, UInt32) =
      switch element {
      case .text: (TypeOID.text, 1009)
      case .int64: (TypeOID.int8, 1016)
      case .bool: (TypeOID.bool, 1000)
      case .numeric: (TypeOID.numeric, 1231)
      case .timestamp: (TypeOID.timestamptz, 1185)
      case .bytes: (TypeOID.bytea, 1001)
      }
    if element == .numeric {
      return EncodedParameter(
        typeOID: arrayOID, isBinary: false, bytes: [UInt8(ascii: "{")] + body + [UInt8(ascii: "}")])
    }
    // arrayfuncs.c array_recv: dimensions, flags, element type, then length and lower bound of each dimension.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(20 + body.count)
    let header: [Int32] =
      count == 0
      ? [0, 0, Int32(bitPattern: elementOID)]
      : [1, hasNull ? 1 : 0, Int32(bitPattern: elementOID), Int32(truncatingIfNeeded: count), 1]
    for word in header { withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) } }
    bytes.append(contentsOf: body)
    return EncodedParameter(typeOID: arrayOID, isBinary: true, bytes: bytes)
  }
}
