/// What a Close frame says (RFC 6455 section 5.5.1).
public struct CloseFrame: Equatable, Sendable {
  /// The status code, or nil when the frame had no body (section 7.1.5 then speaks of 1005).
  public var code: CloseCode?
  /// The reason, for people and logs only; at most 123 bytes of UTF-8.
  public var reason: String

  public init(code: CloseCode? = nil, reason: String = "") {
    self.code = code
    self.reason = reason
  }

  /// Reads the body of a Close frame.
  ///
  /// Throws for a body of one byte, a code that may not be on the wire, and a reason that is not UTF-8.
  init(body: [UInt8]) throws(ProtocolViolation) {
    guard let high = body.first else {
      self.init()
      return
    }
    guard body.count >= 2 else { throw .truncatedCloseCode }
    let code = CloseCode(rawValue: UInt16(high) << 8 | UInt16(body[1]))
    guard code.isAllowedOnWire else { throw .invalidCloseCode(code.rawValue) }
    let reason = body[2...]
    var validator = UTF8Validator()
    let isText = reason.withUnsafeBytes { validator.accept($0) } && validator.isAtBoundary
    guard isText else { throw .invalidUTF8 }
    self.init(code: code, reason: String(decoding: reason, as: UTF8.self))
  }

  /// The body as it goes on the wire: nothing without a code, because a reason cannot stand alone.
  var body: [UInt8] {
    guard let code else { return [] }
    return [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xff)] + Array(reason.utf8)
  }
}
