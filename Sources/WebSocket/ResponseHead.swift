/// Status line and header fields of the answer to the opening request (RFC 9112 sections 4 and 5).
struct ResponseHead: Equatable, Sendable {
  let status: Int
  let isHTTP11: Bool
  /// Names in lower case, values without surrounding blanks.
  let headers: [HeaderField]

  /// What every HTTP/1 answer starts with; a head that begins otherwise is refused at its first wrong byte.
  static let prefix = Array("HTTP/1.".utf8)

  /// - Parameter bytes: a head with its empty line.
  init(_ bytes: [UInt8], maximumHeaderFields: Int) throws(HandshakeViolation) {
    var lines = try Self.lines(of: bytes)[...]
    let first = lines.popFirst() ?? []
    // HTTP-version SP 3DIGIT [SP reason]; some servers leave out the blank before an empty reason.
    let status = first.dropFirst(9).prefix(3)
    let isDigits = first.dropFirst(7).first.map(Self.isDigit) ?? false && status.allSatisfy(Self.isDigit)
    guard first.starts(with: Self.prefix), isDigits, first.dropFirst(8).first == UInt8(ascii: " "), status.count == 3,
      [nil, UInt8(ascii: " ")].contains(first.dropFirst(12).first)
    else { throw .malformedStatusLine }
    guard lines.count <= maximumHeaderFields else { throw .tooManyHeaders(limit: maximumHeaderFields) }
    var headers: [HeaderField] = []
    for line in lines { headers.append(try Self.field(line)) }
    self.status = status.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    self.isHTTP11 = first.dropFirst(7).first == UInt8(ascii: "1")
    self.headers = headers
  }

  /// Splits at CRLF. A lone CR or LF is refused: reading it as a line end is how header smuggling begins.
  private static func lines(of bytes: [UInt8]) throws(HandshakeViolation) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\r"):
        guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\n") else { throw .malformedHeader }
        if index > start { lines.append(bytes[start..<index]) }
        index += 2
        start = index
      case UInt8(ascii: "\n"): throw .malformedHeader
      default: index += 1
      }
    }
    return lines
  }

  private static func field(_ line: ArraySlice<UInt8>) throws(HandshakeViolation) -> HeaderField {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .malformedHeader }
    let name = line[..<colon]
    // A folded line starts with a blank, which is no token byte (RFC 9112 section 5.2 lets us refuse it).
    guard !name.isEmpty, name.allSatisfy(isTokenByte) else { throw .malformedHeader }
    var value = line[(colon + 1)...]
    while let first = value.first, isBlank(first) { value.removeFirst() }
    while let last = value.last, isBlank(last) { value.removeLast() }
    guard value.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7f) }) else { throw .malformedHeader }
    return HeaderField(
      name: String(decoding: name, as: UTF8.self).lowercased(), value: String(decoding: value, as: UTF8.self))
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
