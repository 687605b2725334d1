/// Opcodes of RFC 6455 section 5.2; the reserved ones have no case.
enum Opcode: UInt8, Sendable {
  case continuation = 0x0
  case text = 0x1
  case binary = 0x2
  case close = 0x8
  case ping = 0x9
  case pong = 0xa

  /// Control frames (section 5.5) may stand between the fragments of a message.
  var isControl: Bool { rawValue >= 0x8 }
}

/// The header of one frame from the server (RFC 6455 section 5.2), checked as far as it can be on its own.
struct FrameHeader: Equatable, Sendable {
  /// Two bytes, and up to eight of extended length; a server's frame has no mask key.
  static let maximumBytes = 10
  /// Section 5.5.
  static let maximumControlPayloadBytes = 125

  let isFinal: Bool
  let opcode: Opcode
  let payloadBytes: Int

  /// How many bytes a header takes that begins with these.
  static func byteCount(second: UInt8) -> Int {
    switch second & 0x7f {
    case 126: 4
    case 127: 10
    default: 2
    }
  }

  /// Checks the first byte alone, so that a bad frame fails at once.
  static func opcode(first: UInt8) throws(ProtocolViolation) -> Opcode {
    guard first & 0x70 == 0 else { throw .reservedBits }
    guard let opcode = Opcode(rawValue: first & 0x0f) else { throw .reservedOpcode(first & 0x0f) }
    guard !opcode.isControl || first & 0x80 != 0 else { throw .fragmentedControlFrame }
    return opcode
  }

  /// Checks the second byte against the opcode.
  static func check(second: UInt8, for opcode: Opcode) throws(ProtocolViolation) {
    guard second & 0x80 == 0 else { throw .maskedServerFrame }
    guard !opcode.isControl || second <= 125 else { throw .oversizedControlFrame }
  }

  /// - Parameter bytes: at least `byteCount(second:)` bytes.
  ///
  /// A length in more bytes than it needs is accepted: section 5.2 forbids a sender to do it, and ending a stream that
  /// carries fills over it would protect nobody.
  init(_ bytes: UnsafeRawBufferPointer, maximumPayloadBytes: Int) throws(ProtocolViolation) {
    isFinal = bytes[0] & 0x80 != 0
    opcode = try Self.opcode(first: bytes[0])
    try Self.check(second: bytes[1], for: opcode)
    let declared: UInt64
    switch bytes[1] & 0x7f {
    case 126: declared = UInt64(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
    case 127: declared = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
    case let short: declared = UInt64(short)
    }
    guard declared >> 63 == 0 else { throw .lengthOverflow }
    guard declared <= UInt64(maximumPayloadBytes) || opcode.isControl else {
      throw .frameTooLarge(declaredBytes: declared, limitBytes: maximumPayloadBytes)
    }
    payloadBytes = Int(declared)
  }
}
