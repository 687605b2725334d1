/// Why the core failed the connection (RFC 6455 section 7.1.7).
///
/// A value and not a thrown error at the boundary: `ClientConnection.receive` answers with `.failed(violation)` after
/// it has queued the Close frame that tells the server.
public enum ProtocolViolation: Error, Equatable, Sendable {
  /// The server's answer to the opening request broke section 4.1.
  case handshake(HandshakeViolation)
  /// RSV1 to RSV3 set although no extension was negotiated (section 5.2).
  case reservedBits
  /// Opcode 3 to 7 or 11 to 15 (section 5.2).
  case reservedOpcode(UInt8)
  /// A server must not mask (section 5.1).
  case maskedServerFrame
  /// Close, ping and pong come in one frame (section 5.5).
  case fragmentedControlFrame
  /// Close, ping and pong carry at most 125 bytes (section 5.5).
  case oversizedControlFrame
  /// The most significant bit of a 64-bit length is set (section 5.2).
  case lengthOverflow
  /// A frame declared more than `ConnectionLimits.maximumFrameBytes`.
  case frameTooLarge(declaredBytes: UInt64, limitBytes: Int)
  /// A message would grow beyond `ConnectionLimits.maximumMessageBytes`.
  case messageTooLarge(limitBytes: Int)
  /// A message came in more frames than `ConnectionLimits.maximumFragmentsPerMessage`.
  case tooManyFragments(limit: Int)
  /// A continuation frame without a message to continue (section 5.4).
  case unexpectedContinuation
  /// A new text or binary frame inside a fragmented message (section 5.4).
  case interleavedMessage
  /// A text message or a close reason that is not UTF-8 (sections 8.1 and 5.5.1).
  case invalidUTF8
  /// A Close body of one byte (section 5.5.1).
  case truncatedCloseCode
  /// A Close code that may not be on the wire (section 7.4).
  case invalidCloseCode(UInt16)
  /// The byte stream ended without a Close frame (section 7.1.5: code 1006). Not the server's code but the network's
  /// work in most cases; reconnect and reconcile.
  case endedWithoutClose

  /// The code for the Close frame that answers the violation (section 7.4.1), 1006 where none can be sent.
  public var closeCode: CloseCode {
    switch self {
    case .handshake, .endedWithoutClose: .abnormal
    case .invalidUTF8: .invalidPayload
    case .frameTooLarge, .messageTooLarge, .tooManyFragments: .messageTooBig
    case .reservedBits, .reservedOpcode, .maskedServerFrame, .fragmentedControlFrame, .oversizedControlFrame,
      .lengthOverflow, .unexpectedContinuation, .interleavedMessage, .truncatedCloseCode, .invalidCloseCode:
      .protocolError
    }
  }
}

extension ProtocolViolation: CustomStringConvertible {
  /// Safe to log: never holds payload.
  public var description: String {
    switch self {
    case .handshake(let violation): "opening handshake: \(violation)"
    case .reservedBits: "reserved bits set without an extension"
    case .reservedOpcode(let opcode): "reserved opcode \(opcode)"
    case .maskedServerFrame: "the server masked a frame"
    case .fragmentedControlFrame: "fragmented control frame"
    case .oversizedControlFrame: "control frame over 125 bytes"
    case .lengthOverflow: "frame length with its top bit set"
    case .frameTooLarge(let declared, let limit): "frame of \(declared) bytes, the limit is \(limit)"
    case .messageTooLarge(let limit): "message over the limit of \(limit) bytes"
    case .tooManyFragments(let limit): "message in more than \(limit) fragments"
    case .unexpectedContinuation: "continuation frame without a message"
    case .interleavedMessage: "new message inside a fragmented one"
    case .invalidUTF8: "text that is not UTF-8"
    case .truncatedCloseCode: "close frame with one byte of code"
    case .invalidCloseCode(let code): "close code \(code) may not be sent"
    case .endedWithoutClose: "connection ended without a close frame; reconnect"
    }
  }
}
