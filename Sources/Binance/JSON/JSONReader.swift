/// Reads one JSON text in a single pass, value by value, straight from the received bytes.
///
/// Every access is checked against the end, so no input can make it trap; everything that is skipped is still checked
/// to be well-formed. The caller walks the structure:
///
///     try reader.beginObject()
///     while let key = try reader.nextKey() {
///       switch key {
///       case "symbol": symbol = try reader.text().string
///       default: try reader.skip()
///       }
///     }
package struct JSONReader {
  /// Levels of nesting. Binance needs 6; a bomb of brackets must not cost a stack (fault ST21).
  package static let depthMax = 32

  let bytes: UnsafeRawBufferPointer
  /// The next byte to read.
  package internal(set) var offset = 0
  private var depth = 0
  /// The last token opened an object or array, so no comma may come before the next item.
  private var isAfterOpening = false

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  // MARK: - Structure

  package mutating func beginObject() throws(MalformedMessage) { try open(UInt8(ascii: "{")) }
  package mutating func beginArray() throws(MalformedMessage) { try open(UInt8(ascii: "[")) }

  /// The next key of the object, its value being next to read; `nil` at the object's end.
  @inline(__always) package mutating func nextKey() throws(MalformedMessage) -> JSONText? {
    if compactLetter() != nil {
      return JSONText(bytes: UnsafeRawBufferPointer(rebasing: bytes[offset - 3..<offset - 2]), isPlain: true)
    }
    guard try advanceToItem(closing: UInt8(ascii: "}")) else { return nil }
    let key = try text()
    skipWhitespace()
    try expect(UInt8(ascii: ":"))
    skipWhitespace()
    return key
  }

  /// Passes over `,"x":` if no white space follows, which is how the venue writes most keys of an event, and answers
  /// with the letter. `nil`: nothing was read, take the general way.
  @inline(__always) mutating func compactLetter() -> Unicode.Scalar? {
    guard !isAfterOpening, bytes.count - offset > 5, fourBytes(at: offset) & 0xFF00_FFFF == 0x2200_222C,
      bytes[offset + 4] == UInt8(ascii: ":"), bytes[offset + 5] > 0x20
    else { return nil }
    let letter = bytes[offset + 2]
    guard letter > 0x20, letter < 0x7F, letter != UInt8(ascii: "\""), letter != UInt8(ascii: "\\") else { return nil }
    offset += 5
    return Unicode.Scalar(letter)
  }

  /// Whether another element of the array is next; `false` at the array's end.
  package mutating func nextElement() throws(MalformedMessage) -> Bool {
    try advanceToItem(closing: UInt8(ascii: "]"))
  }

  /// Nothing but white space may follow.
  package mutating func finish() throws(MalformedMessage) {
    skipWhitespace()
    guard offset == bytes.count else { throw defect(.trailingBytes) }
  }

  private mutating func open(_ bracket: UInt8) throws(MalformedMessage) {
    skipWhitespace()
    try expect(bracket)
    depth += 1
    guard depth <= Self.depthMax else { throw defect(.tooDeep) }
    isAfterOpening = true
  }

  @inline(__always) private mutating func advanceToItem(closing: UInt8) throws(MalformedMessage) -> Bool {
    skipWhitespace()
    guard offset < bytes.count else { throw defect(.truncated) }
    if bytes[offset] == closing {
      offset += 1
      depth -= 1
      isAfterOpening = false
      return false
    }
    if isAfterOpening {
      isAfterOpening = false
    } else {
      try expect(UInt8(ascii: ","))
      skipWhitespace()
    }
    return true
  }

  // MARK: - Skipping

  /// Passes over any value and answers where it lay.
  @discardableResult
  package mutating func skip() throws(MalformedMessage) -> Range<Int> {
    skipWhitespace()
    let start = offset
    switch peek() {
    case UInt8(ascii: "\""): _ = try text()
    case UInt8(ascii: "{"):
      try beginObject()
      while try nextKey() != nil { try skip() }
    case UInt8(ascii: "["):
      try beginArray()
      while try nextElement() { try skip() }
    case UInt8(ascii: "t"): try expect("true")
    case UInt8(ascii: "f"): try expect("false")
    case UInt8(ascii: "n"): try expect("null")
    default: try skipNumber()
    }
    return start..<offset
  }

  /// Consumes a `null` if one is next.
  package mutating func skipNull() throws(MalformedMessage) -> Bool {
    skipWhitespace()
    guard peek() == UInt8(ascii: "n") else { return false }
    try expect("null")
    return true
  }

  // MARK: - Bytes

  @inline(__always) func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

  /// Bytes as they lie in memory, the first one lowest. The caller has checked that they are there.
  @inline(__always) func fourBytes(at index: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
  }

  @inline(__always) func eightBytes(at index: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  @inline(__always) mutating func skipWhitespace() {
    while offset < bytes.count {
      let byte = bytes[offset]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      offset += 1
    }
  }

  @inline(__always) mutating func expect(_ byte: UInt8) throws(MalformedMessage) {
    guard offset < bytes.count else { throw defect(.truncated) }
    guard bytes[offset] == byte else { throw defect(.unexpectedByte(bytes[offset])) }
    offset += 1
  }

  mutating func expect(_ word: StaticString) throws(MalformedMessage) {
    for index in 0..<word.utf8CodeUnitCount { try expect(word.utf8Start[index]) }
  }

  func defect(_ reason: MalformedMessage.Reason) -> MalformedMessage { MalformedMessage(reason, at: offset) }

  /// The value that a required field must have had.
  func required<Value>(_ value: Value?, _ name: StaticString) throws(MalformedMessage) -> Value {
    guard let value else { throw defect(.missingField(name.description)) }
    return value
  }
}

extension ArraySlice<UInt8> {
  /// Reads the whole slice as one JSON text; nothing may follow it.
  func readingJSON<Value>(
    _ body: (inout JSONReader) throws(MalformedMessage) -> Value
  ) throws(MalformedMessage) -> Value {
    try withUnsafeBufferPointer { (buffer) throws(MalformedMessage) in
      var reader = JSONReader(UnsafeRawBufferPointer(buffer))
      let value = try body(&reader)
      try reader.finish()
      return value
    }
  }
}
