import CCurl

/// The response headers that matter: how long to wait, and what the venue says we have used. Pure but for the date
/// parser.
struct ResponseHead {
  private var retryAfterText: String?
  private(set) var usedWeight: Int?

  /// Longest value that is looked at.
  private static let valueBytesMax = 64
  /// The venue's longest ban is three days (binance.md §5); a larger number is nonsense and must not silence us for
  /// ever.
  static let retryAfterSecondsMax: Int64 = 3 * 86_400

  mutating func append(line: UnsafeRawBufferPointer) {
    if line.starts(with: "HTTP/".utf8) {
      self = ResponseHead()  // the head of a final answer follows an interim one
      return
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
    let name = line[..<colon]
    if Self.equals(name, "retry-after") {
      retryAfterText = Self.value(line[(colon + 1)...])
    } else if Self.equals(name, "x-mbx-used-weight-1m") {
      usedWeight = Self.value(line[(colon + 1)...]).flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
  }

  /// Seconds, or an HTTP date (RFC 9110 §10.2.3).
  func retryAfter(wallMicroseconds: Int64) -> Duration? {
    guard let text = retryAfterText else { return nil }
    if let seconds = Int64(text) { return seconds < 0 ? nil : .seconds(min(seconds, Self.retryAfterSecondsMax)) }
    let date = Int64(curl_getdate(text, nil))
    guard date > 0 else { return nil }
    return .seconds(max(0, min(date - wallMicroseconds / 1_000_000, Self.retryAfterSecondsMax)))
  }

  private static func equals(_ bytes: Slice<UnsafeRawBufferPointer>, _ name: StaticString) -> Bool {
    guard bytes.count == name.utf8CodeUnitCount else { return false }
    return zip(bytes, name.description.utf8).allSatisfy { byte, wanted in
      (byte >= 65 && byte <= 90 ? byte + 32 : byte) == wanted
    }
  }

  private static func value(_ bytes: Slice<UnsafeRawBufferPointer>) -> String? {
    guard bytes.count <= valueBytesMax else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let trimmed = text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
    return trimmed.isEmpty ? nil : String(trimmed)
  }
}
