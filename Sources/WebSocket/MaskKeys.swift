/// The sequence of mask keys of one connection, as a value.
///
/// RFC 6455 section 5.3 wants keys that a server or an intermediary cannot predict from earlier ones; a plain linear
/// or SplitMix generator gives its state away after two keys. This is the ChaCha20 block function (RFC 8439 section
/// 2.3) in counter mode: the shell seeds it once from the operating system's randomness, and one block yields sixteen
/// keys without a system call on the sending path.
public struct MaskKeys: Sendable {
  private var seed: SIMD8<UInt32>
  private var counter: UInt64 = 0
  private var block = SIMD16<UInt32>()
  private var used = 16
  private let repeated: UInt32?

  /// - Parameter seed: 256 bits from the operating system's randomness.
  public init(seed: (UInt64, UInt64, UInt64, UInt64)) {
    func low(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word) }
    func high(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word >> 32) }
    self.seed = SIMD8(
      low(seed.0), high(seed.0), low(seed.1), high(seed.1), low(seed.2), high(seed.2), low(seed.3), high(seed.3))
    repeated = nil
  }

  /// The same key for each frame: literal bytes in tests.
  package init(repeating word: UInt32) {
    seed = SIMD8()
    repeated = word
  }

  mutating func next() -> MaskKey {
    if let repeated { return MaskKey(word: repeated) }
    if used == 16 {
      block = Self.block(key: seed, counter: counter)
      counter &+= 1
      used = 0
    }
    defer { used += 1 }
    return MaskKey(word: block[used])
  }

  /// RFC 8439 section 2.3 with a 64-bit counter and a zero nonce (one key serves one connection).
  static func block(key: SIMD8<UInt32>, counter: UInt64, nonce: SIMD2<UInt32> = SIMD2()) -> SIMD16<UInt32> {
    var start = SIMD16<UInt32>()
    start[0] = 0x6170_7865
    start[1] = 0x3320_646e
    start[2] = 0x7962_2d32
    start[3] = 0x6b20_6574
    for index in 0..<8 { start[4 + index] = key[index] }
    start[12] = UInt32(truncatingIfNeeded: counter)
    start[13] = UInt32(truncatingIfNeeded: counter >> 32)
    start[14] = nonce[0]
    start[15] = nonce[1]
    var a = start.lowHalf.lowHalf
    var b = start.lowHalf.highHalf
    var c = start.highHalf.lowHalf
    var d = start.highHalf.highHalf
    for _ in 0..<10 {
      quarterRounds(&a, &b, &c, &d)
      b = SIMD4(b[1], b[2], b[3], b[0])
      c = SIMD4(c[2], c[3], c[0], c[1])
      d = SIMD4(d[3], d[0], d[1], d[2])
      quarterRounds(&a, &b, &c, &d)
      b = SIMD4(b[3], b[0], b[1], b[2])
      c = SIMD4(c[2], c[3], c[0], c[1])
      d = SIMD4(d[1], d[2], d[3], d[0])
    }
    let mixed = SIMD16(lowHalf: SIMD8(lowHalf: a, highHalf: b), highHalf: SIMD8(lowHalf: c, highHalf: d))
    return mixed &+ start
  }

  private static func quarterRounds(
    _ a: inout SIMD4<UInt32>, _ b: inout SIMD4<UInt32>, _ c: inout SIMD4<UInt32>, _ d: inout SIMD4<UInt32>
  ) {
    a &+= b
    d = rotate(d ^ a, by: 16)
    c &+= d
    b = rotate(b ^ c, by: 12)
    a &+= b
    d = rotate(d ^ a, by: 8)
    c &+= d
    b = rotate(b ^ c, by: 7)
  }

  private static func rotate(_ lanes: SIMD4<UInt32>, by bits: UInt32) -> SIMD4<UInt32> {
    (lanes &<< SIMD4(repeating: bits)) | (lanes &>> SIMD4(repeating: 32 - bits))
  }
}
