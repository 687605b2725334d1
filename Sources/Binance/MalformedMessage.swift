/// Why bytes from the venue could not be read. The message is quarantined by the caller and decides nothing (fault
/// ST21).
public struct MalformedMessage: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    case truncated
    case unexpectedByte(UInt8)
    case trailingBytes
    /// Deeper than `JSONReader.depthMax`.
    case tooDeep
    case duplicateKey
    case controlCharacter
    case invalidEscape
    case loneSurrogate
    case invalidUTF8
    case notAnInteger
    case integerOutOfRange
    /// An exponent, `NaN`, too many digits, or no number at all.
    case notADecimal
    case missingField(String)
    /// Neither BUY nor SELL: which way the order goes cannot be guessed.
    case unknownSide
  }

  public var reason: Reason
  /// Byte offset in the text that was read.
  public var offset: Int

  public init(_ reason: Reason, at offset: Int = 0) {
    self.reason = reason
    self.offset = offset
  }

  public var description: String { "malformed venue message at byte \(offset): \(reason.text)" }
}

extension MalformedMessage.Reason {
  var text: String {
    switch self {
    case .truncated: "it ends too early"
    case .unexpectedByte(let byte): "unexpected byte \(byte)"
    case .trailingBytes: "bytes after the end of the value"
    case .tooDeep: "nested deeper than \(JSONReader.depthMax) levels"
    case .duplicateKey: "a key appears twice"
    case .controlCharacter: "a control character inside a string"
    case .invalidEscape: "an invalid escape sequence"
    case .loneSurrogate: "half of a surrogate pair"
    case .invalidUTF8: "invalid UTF-8"
    case .notAnInteger: "an integer was expected"
    case .integerOutOfRange: "an integer beyond 64 bits"
    case .notADecimal: "a plain decimal of at most 18 whole and 18 fractional digits was expected"
    case .missingField(let name): "the field \"\(name)\" is missing"
    case .unknownSide: "a side other than BUY and SELL"
    }
  }
}
