/// The server's byte stream as messages and control frames, in the order in which they complete.
///
/// Control frames may stand between the fragments of a message (RFC 6455 section 5.4), so their payload is collected
/// apart from the message's.
struct FrameReader: Sendable {
  enum Arrival: Equatable, Sendable {
    case message(MessageAssembler.Message)
    case close(CloseFrame)
    case ping([UInt8])
    case pong([UInt8])
  }

  private var decoder: FrameDecoder
  private var assembler: MessageAssembler
  private var current: FrameHeader?
  private var controlPayload: [UInt8] = []

  init(limits: ConnectionLimits) {
    decoder = FrameDecoder(maximumPayloadBytes: limits.maximumFrameBytes)
    assembler = MessageAssembler(limits: limits)
  }

  /// Takes bytes from `cursor` on until something is complete; nil when more bytes are needed.
  mutating func next(
    _ bytes: UnsafeRawBufferPointer, at cursor: inout Int
  ) throws(ProtocolViolation) -> Arrival? {
    while let element = try decoder.next(bytes, at: &cursor) {
      switch element {
      case .header(let header):
        current = header
        if !header.opcode.isControl { try assembler.begin(header) }
      case .payload(let piece, let isLast):
        guard let header = current else { preconditionFailure("payload without a header") }
        if let arrival = try append(piece, isLast: isLast, of: header) { return arrival }
      }
    }
    return nil
  }

  private mutating func append(
    _ piece: UnsafeRawBufferPointer, isLast: Bool, of header: FrameHeader
  ) throws(ProtocolViolation) -> Arrival? {
    switch header.opcode {
    case .continuation, .text, .binary:
      try assembler.append(piece)
      guard isLast else { return nil }
      return try assembler.end(isFinal: header.isFinal).map(Arrival.message)
    case .close, .ping, .pong:
      controlPayload.append(contentsOf: piece)
      guard isLast else { return nil }
      var payload: [UInt8] = []
      swap(&payload, &controlPayload)
      return try Self.control(header.opcode, payload)
    }
  }

  private static func control(_ opcode: Opcode, _ payload: [UInt8]) throws(ProtocolViolation) -> Arrival? {
    switch opcode {
    case .close: .close(try CloseFrame(body: payload))
    case .ping: .ping(payload)
    case .pong: .pong(payload)
    case .continuation, .text, .binary: nil
    }
  }
}
