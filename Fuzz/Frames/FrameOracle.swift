import WebSocket

/// A second reading of RFC 6455 section 5, over a whole stream at once, slow and written apart from the decoder: both
/// must deliver the same.
enum FrameOracle {
  static func deliveries(of stream: [UInt8], _ limits: ConnectionLimits) -> [ClientConnection.Event] {
    var delivered: [ClientConnection.Event] = []
    var message: (isText: Bool, payload: [UInt8], frames: Int)?
    var rest = stream[...]
    while let frame = Frame(&rest) {
      guard frame.isLegal, !frame.isTooLarge(limits) else { return delivered }
      switch frame.opcode {
      case 0x8:
        if frame.isComplete, let close = close(frame.payload) { delivered.append(.closeReceived(close)) }
        return delivered
      case 0x9: if frame.isComplete { delivered.append(.ping(frame.payload)) }
      case 0xa: if frame.isComplete { delivered.append(.pong(frame.payload)) }
      default:
        guard (frame.opcode == 0) == (message != nil) else { return delivered }
        var open = message ?? (isText: frame.opcode == 1, payload: [], frames: 0)
        open.frames += 1
        open.payload += frame.payload
        guard open.frames <= limits.maximumFragmentsPerMessage,
          open.payload.count + frame.missingBytes <= limits.maximumMessageBytes,
          !open.isText || isPrefixOfUTF8(open.payload)
        else { return delivered }
        message = open
        guard frame.isFinal, frame.isComplete else { continue }
        guard !open.isText || String(validating: open.payload, as: UTF8.self) != nil else { return delivered }
        delivered.append(open.isText ? .text(open.payload) : .binary(open.payload))
        message = nil
      }
    }
    return delivered
  }

  private static func close(_ body: [UInt8]) -> CloseFrame? {
    if body.isEmpty { return CloseFrame() }
    guard body.count > 1, let reason = String(validating: body.dropFirst(2), as: UTF8.self) else { return nil }
    let code = CloseCode(rawValue: UInt16(body[0]) * 256 + UInt16(body[1]))
    return code.isAllowedOnWire ? CloseFrame(code: code, reason: reason) : nil
  }

  /// Whether some continuation makes the bytes UTF-8: everything but the last one to three bytes is, and those begin a
  /// code point.
  private static func isPrefixOfUTF8(_ bytes: [UInt8]) -> Bool {
    if String(validating: bytes, as: UTF8.self) != nil { return true }
    for count in 1...3 where count <= bytes.count {
      guard String(validating: bytes.dropLast(count), as: UTF8.self) != nil else { continue }
      if isCompletable(Array(bytes.suffix(count))) { return true }
    }
    return false
  }

  private static func isCompletable(_ tail: [UInt8]) -> Bool {
    if String(validating: tail, as: UTF8.self)?.unicodeScalars.count == 1 { return true }
    // One of each range that the table of RFC 3629 knows for a continuation byte.
    return tail.count < 4 && [0x80, 0x90, 0xa0, 0xbf].contains { isCompletable(tail + [$0]) }
  }
}

extension FrameOracle {
  /// One frame as far as it is there. `nil`: not even its header is.
  private struct Frame {
    var first: UInt8
    var second: UInt8
    var length: UInt64
    var payload: [UInt8]

    init?(_ rest: inout ArraySlice<UInt8>) {
      guard rest.count >= 2 else { return nil }
      let header = Array(rest.prefix(10))
      (first, second) = (header[0], header[1])
      let lengthBytes = [126: 2, 127: 8][second & 0x7f] ?? 0
      guard header.count >= 2 + lengthBytes else { return nil }
      length = header[2..<2 + lengthBytes].reduce(0) { $0 << 8 | UInt64($1) }
      if lengthBytes == 0 { length = UInt64(second & 0x7f) }
      let there = min(UInt64(rest.count - 2 - lengthBytes), length)
      payload = Array(rest.dropFirst(2 + lengthBytes).prefix(Int(there)))
      rest = rest.dropFirst(2 + lengthBytes + payload.count)
    }

    var isFinal: Bool { first & 0x80 != 0 }
    var opcode: UInt8 { first & 0x0f }
    var isComplete: Bool { UInt64(payload.count) == length }
    /// Only asked for after the length was held against the limits.
    var missingBytes: Int { Int(length) - payload.count }

    var isLegal: Bool {
      guard first & 0x70 == 0, second & 0x80 == 0, [0, 1, 2, 8, 9, 10].contains(opcode) else { return false }
      return opcode < 8 || (isFinal && second & 0x7f < 126)
    }

    func isTooLarge(_ limits: ConnectionLimits) -> Bool { opcode < 8 && length > UInt64(limits.maximumFrameBytes) }
  }
}
