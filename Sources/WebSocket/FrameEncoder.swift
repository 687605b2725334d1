/// Writes client frames: final, masked, with the shortest length form (RFC 6455 sections 5.2 and 5.3).
enum FrameEncoder {
  /// Two bytes, eight of extended length, four of mask key.
  static let maximumHeaderBytes = 14

  /// Appends one frame. The payload is copied once and masked where it lies.
  static func append(
    _ opcode: Opcode, payload: UnsafeRawBufferPointer, key: MaskKey, to output: inout [UInt8]
  ) {
    output.reserveCapacity(grown(output.count + maximumHeaderBytes + payload.count, from: output.capacity))
    output.append(0x80 | opcode.rawValue)
    let count = payload.count
    switch count {
    case 0...125: output.append(0x80 | UInt8(count))
    case 126...0xffff:
      output.append(0x80 | 126)
      output.append(UInt8(count >> 8))
      output.append(UInt8(count & 0xff))
    default:
      output.append(0x80 | 127)
      for shift in stride(from: 56, through: 0, by: -8) {
        output.append(UInt8(truncatingIfNeeded: UInt64(count) >> UInt64(shift)))
      }
    }
    for shift in stride(from: UInt32(0), through: 24, by: 8) {
      output.append(UInt8(truncatingIfNeeded: key.word >> shift))
    }
    let start = output.count
    output.append(contentsOf: payload)
    output.withUnsafeMutableBytes { bytes in
      key.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
    }
  }

  /// `reserveCapacity` grows to just what is asked; asking for doubles keeps many small frames linear.
  private static func grown(_ needed: Int, from capacity: Int) -> Int {
    needed <= capacity ? 0 : max(needed, capacity * 2)
  }
}
