/// Where the body of a refusal ends (RFC 9112 section 6.3), read as it arrives.
///
/// Never fails: whatever is wrong with the framing, the status must reach the caller, so a broken body is only cut
/// short.
struct RefusalBody: Equatable, Sendable {
  enum Progress: Equatable {
    case more
    case complete
    case broken
  }

  private enum Framing: Equatable {
    case length(remaining: Int)
    /// The size line of a chunk, as far as it came; nil before its first digit.
    case chunkSize(Int?, inExtension: Bool)
    case chunkData(remaining: Int)
    case chunkEnd
    case untilEnd
    case broken
  }

  private var framing: Framing

  init(head: ResponseHead) {
    let lengths = Set(head.headers.values(named: "content-length"))
    let codings = head.headers.tokens(named: "transfer-encoding")
    if head.status == 204 || head.status == 304 {
      framing = .length(remaining: 0)
    } else if !codings.isEmpty {
      framing = codings == ["chunked"] ? .chunkSize(nil, inExtension: false) : .untilEnd
    } else if let text = lengths.first {
      let length = lengths.count == 1 ? Int(text) : nil
      framing = length.map { $0 >= 0 ? .length(remaining: $0) : .broken } ?? .broken
    } else {
      framing = .untilEnd
    }
  }

  /// Whether the end of the stream completes the body.
  var endsWithStream: Bool { framing == .untilEnd }

  /// Takes bytes from `cursor` on and appends payload to `body`, which never grows beyond `limit`.
  mutating func receive(
    _ bytes: UnsafeRawBufferPointer, at cursor: inout Int, into body: inout [UInt8], limit: Int
  ) -> Progress {
    while true {
      switch framing {
      case .length(0): return .complete
      case .broken: return .broken
      case .length, .chunkData, .untilEnd, .chunkSize, .chunkEnd: break
      }
      guard cursor < bytes.count else { return .more }
      guard body.count < limit else { return .broken }
      step(bytes, at: &cursor, into: &body, limit: limit)
    }
  }

  private mutating func step(
    _ bytes: UnsafeRawBufferPointer, at cursor: inout Int, into body: inout [UInt8], limit: Int
  ) {
    func take(_ wanted: Int) -> Int {
      let count = min(wanted, bytes.count - cursor, limit - body.count)
      body.append(contentsOf: bytes[cursor..<cursor + count])
      cursor += count
      return count
    }
    switch framing {
    case .length(let remaining): framing = .length(remaining: remaining - take(remaining))
    case .chunkData(let remaining):
      let rest = remaining - take(remaining)
      framing = rest == 0 ? .chunkEnd : .chunkData(remaining: rest)
    case .untilEnd: _ = take(.max)
    case .chunkEnd:
      let byte = bytes[cursor]
      cursor += 1
      if byte == UInt8(ascii: "\n") {
        framing = .chunkSize(nil, inExtension: false)
      } else if byte != UInt8(ascii: "\r") {
        framing = .broken
      }
    case .chunkSize(let size, let inExtension):
      framing = Self.chunkSize(size, inExtension: inExtension, next: bytes[cursor])
      cursor += 1
    case .broken: break
    }
  }

  /// Reads one byte of a chunk's size line. The last chunk completes the body; its trailers are of no interest.
  private static func chunkSize(_ size: Int?, inExtension: Bool, next byte: UInt8) -> Framing {
    if byte == UInt8(ascii: "\n") {
      guard let size else { return .broken }
      return size == 0 ? .length(remaining: 0) : .chunkData(remaining: size)
    }
    if inExtension || byte == UInt8(ascii: "\r") { return .chunkSize(size, inExtension: inExtension) }
    if byte == UInt8(ascii: ";") || byte == UInt8(ascii: " ") { return .chunkSize(size, inExtension: true) }
    let digit: UInt8
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
    default: return .broken
    }
    // A size beyond 2^31 is nothing that will be kept anyway.
    let total = (size ?? 0) << 4 | Int(digit)
    return total > Int(Int32.max) ? .broken : .chunkSize(total, inExtension: false)
  }
}
