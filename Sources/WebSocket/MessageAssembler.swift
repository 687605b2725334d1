/// Puts the data frames of a message together (RFC 6455 sections 5.4 and 5.6), checking size, count and UTF-8 on the
/// way.
struct MessageAssembler: Sendable {
  enum Message: Equatable, Sendable {
    case text([UInt8])
    case binary([UInt8])
  }

  private enum Kind: Sendable {
    case text
    case binary
  }

  /// Room asked for at a frame's header, at most: a declared length is only a promise until its bytes are here.
  private static let maximumReservedBytes = 1 << 20

  private let maximumMessageBytes: Int
  private let maximumFragments: Int
  private var kind: Kind?
  private var payload: [UInt8] = []
  private var fragments = 0
  private var utf8 = UTF8Validator()

  init(limits: ConnectionLimits) {
    maximumMessageBytes = limits.maximumMessageBytes
    maximumFragments = limits.maximumFragmentsPerMessage
  }

  /// Takes the header of a data frame, before any of its payload.
  mutating func begin(_ header: FrameHeader) throws(ProtocolViolation) {
    switch header.opcode {
    case .continuation:
      guard kind != nil else { throw .unexpectedContinuation }
    case .text, .binary:
      guard kind == nil else { throw .interleavedMessage }
      kind = header.opcode == .text ? .text : .binary
      utf8 = UTF8Validator()
      fragments = 0
    case .close, .ping, .pong: preconditionFailure("control frames are not part of a message")
    }
    guard fragments < maximumFragments else { throw .tooManyFragments(limit: maximumFragments) }
    fragments += 1
    // Subtracting cannot overflow, adding a peer's 63-bit number could.
    guard header.payloadBytes <= maximumMessageBytes - payload.count else {
      throw .messageTooLarge(limitBytes: maximumMessageBytes)
    }
    if payload.isEmpty {
      payload.reserveCapacity(min(header.payloadBytes, Self.maximumReservedBytes))
    }
  }

  /// Takes a piece of the current frame's payload.
  mutating func append(_ piece: UnsafeRawBufferPointer) throws(ProtocolViolation) {
    if kind == .text, !utf8.accept(piece) { throw .invalidUTF8 }
    payload.append(contentsOf: piece)
  }

  /// Ends the current frame; the message when it was the final one.
  mutating func end(isFinal: Bool) throws(ProtocolViolation) -> Message? {
    guard isFinal, let kind else { return nil }
    var finished: [UInt8] = []
    swap(&finished, &payload)
    self.kind = nil
    switch kind {
    case .text:
      guard utf8.isAtBoundary else { throw .invalidUTF8 }
      return .text(finished)
    case .binary: return .binary(finished)
    }
  }
}
