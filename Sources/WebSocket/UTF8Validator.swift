/// Checks a byte stream for UTF-8 as it arrives, in pieces of any size (RFC 6455 section 8.1, RFC 3629).
///
/// Fails at the first byte that no valid continuation can repair, in the middle of a code point if need be, so that a
/// bad message is refused before the rest of it is read.
struct UTF8Validator: Equatable, Sendable {
  /// How many bytes the current code point still lacks.
  private var missing: UInt8 = 0
  /// Bounds of the next continuation byte: tighter than 80...BF after E0, ED, F0 and F4, which keeps out overlong
  /// forms, surrogates and values beyond U+10FFFF.
  private var lower: UInt8 = 0x80
  private var upper: UInt8 = 0xbf

  /// Whether the bytes so far end between two code points: required at the end of a message.
  var isAtBoundary: Bool { missing == 0 }

  /// Takes the next bytes; false when they cannot be part of UTF-8. After false the validator must not be used again.
  mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    let count = bytes.count
    while index < count {
      if missing == 0 {
        // Venue payloads are ASCII but for a few symbols (ST18): eight bytes at a time.
        while index + 8 <= count,
          bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
          index += 8
        }
        guard index < count else { return true }
      }
      guard accept(bytes[index]) else { return false }
      index += 1
    }
    return true
  }

  private mutating func accept(_ byte: UInt8) -> Bool {
    if missing > 0 {
      guard byte >= lower, byte <= upper else { return false }
      lower = 0x80
      upper = 0xbf
      missing -= 1
      return true
    }
    switch byte {
    case 0x00...0x7f: break
    case 0xc2...0xdf: missing = 1
    case 0xe0:
      missing = 2
      lower = 0xa0
    case 0xed:
      missing = 2
      upper = 0x9f
    case 0xe1...0xec, 0xee...0xef: missing = 2
    case 0xf0:
      missing = 3
      lower = 0x90
    case 0xf1...0xf3: missing = 3
    case 0xf4:
      missing = 3
      upper = 0x8f
    default: return false
    }
    return true
  }
}
