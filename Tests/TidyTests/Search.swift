import Glibc

/// Searches bytes with the C library: over the whole tree in a debug build, Swift's own string search takes minutes.
enum Search {
  /// Offsets at which `needle` stands in `haystack`, in order, not overlapping.
  static func offsets(of needle: String, in haystack: [UInt8]) -> [Int] {
    let wanted = Array(needle.utf8)
    precondition(!wanted.isEmpty, "an empty needle stands everywhere")
    return haystack.withUnsafeBytes { bytes -> [Int] in
      guard let base = bytes.baseAddress else { return [] }
      var found: [Int] = []
      var start = 0
      // Each turn looks for the needle's first byte, then at what follows it.
      while start + wanted.count <= bytes.count {
        let room = bytes.count - wanted.count + 1 - start
        guard let hit = memchr(base + start, Int32(wanted[0]), room) else { break }
        let offset = UnsafeRawPointer(hit) - base
        let isHit = memcmp(hit, wanted, wanted.count) == 0
        if isHit { found.append(offset) }
        start = offset + (isHit ? wanted.count : 1)
      }
      return found
    }
  }

  /// As `offsets`, without hits inside a longer identifier: `print(` is not found in `fingerprint(`.
  static func words(_ needle: String, in haystack: [UInt8]) -> [Int] {
    offsets(of: needle, in: haystack).filter { offset in
      let first = haystack[offset]
      let last = haystack[offset + needle.utf8.count - 1]
      let before = offset > 0 ? haystack[offset - 1] : 0
      let end = offset + needle.utf8.count
      let after = end < haystack.count ? haystack[end] : 0
      return !(isIdentifier(first) && isIdentifier(before)) && !(isIdentifier(last) && isIdentifier(after))
    }
  }

  static func isIdentifier(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: byte >= 0x80
    }
  }
}
