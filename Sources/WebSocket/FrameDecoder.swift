/// Cuts the server's byte stream into frame headers and pieces of payload, without keeping any payload itself.
///
/// A header that arrives whole is read where it lies; only one that is split across reads is collected.
struct FrameDecoder: Sendable {
  enum Element {
    case header(FrameHeader)
    /// The next bytes of the current frame's payload; `isLast` also for the one empty piece of an empty payload.
    case payload(UnsafeRawBufferPointer, isLast: Bool)
  }

  private let maximumPayloadBytes: Int
  /// A header's bytes when they came in several reads.
  private var partial: [UInt8] = []
  /// Payload still to come; nil between two frames.
  private var remaining: Int?

  init(maximumPayloadBytes: Int) {
    self.maximumPayloadBytes = maximumPayloadBytes
    partial.reserveCapacity(FrameHeader.maximumBytes)
  }

  /// The next element from `cursor` on; nil when more bytes are needed.
  mutating func next(
    _ bytes: UnsafeRawBufferPointer, at cursor: inout Int
  ) throws(ProtocolViolation) -> Element? {
    if let remaining {
      let count = min(remaining, bytes.count - cursor)
      guard count > 0 || remaining == 0 else { return nil }
      let piece = UnsafeRawBufferPointer(rebasing: bytes[cursor..<cursor + count])
      cursor += count
      self.remaining = count == remaining ? nil : remaining - count
      return .payload(piece, isLast: count == remaining)
    }
    guard let header = try header(bytes, at: &cursor) else { return nil }
    remaining = header.payloadBytes
    return .header(header)
  }

  private mutating func header(
    _ bytes: UnsafeRawBufferPointer, at cursor: inout Int
  ) throws(ProtocolViolation) -> FrameHeader? {
    let available = bytes.count - cursor
    if partial.isEmpty, available >= 2 {
      let count = FrameHeader.byteCount(second: bytes[cursor + 1])
      if available >= count {
        let whole = UnsafeRawBufferPointer(rebasing: bytes[cursor..<cursor + count])
        cursor += count
        return try FrameHeader(whole, maximumPayloadBytes: maximumPayloadBytes)
      }
    }
    while cursor < bytes.count {
      partial.append(bytes[cursor])
      cursor += 1
      let opcode = try FrameHeader.opcode(first: partial[0])
      guard partial.count >= 2 else { continue }
      try FrameHeader.check(second: partial[1], for: opcode)
      guard partial.count == FrameHeader.byteCount(second: partial[1]) else { continue }
      let limit = maximumPayloadBytes
      let header = try partial.withUnsafeBufferPointer { (whole) throws(ProtocolViolation) in
        try FrameHeader(UnsafeRawBufferPointer(whole), maximumPayloadBytes: limit)
      }
      partial.removeAll(keepingCapacity: true)
      return header
    }
    return nil
  }
}
