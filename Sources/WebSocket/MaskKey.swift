/// The four bytes that mask one client frame (RFC 6455 section 5.3), first wire byte in the lowest bits.
struct MaskKey: Equatable, Sendable {
  let word: UInt32

  /// XORs `bytes` in place, eight at a time; masking and unmasking are the same operation.
  ///
  /// `phase` is the index of the first byte within its payload, for a payload that comes in pieces.
  func apply(to bytes: UnsafeMutableRawBufferPointer, phase: Int = 0) {
    let turn = UInt32(phase & 3) * 8
    let rotated = turn == 0 ? word : (word >> turn) | (word << (32 - turn))
    let wide = (UInt64(rotated) << 32 | UInt64(rotated)).littleEndian
    var offset = 0
    while offset + 8 <= bytes.count {
      let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ wide
      bytes.storeBytes(of: value, toByteOffset: offset, as: UInt64.self)
      offset += 8
    }
    while offset < bytes.count {
      bytes[offset] ^= UInt8(truncatingIfNeeded: rotated >> (UInt32(offset & 3) * 8))
      offset += 1
    }
  }
}
