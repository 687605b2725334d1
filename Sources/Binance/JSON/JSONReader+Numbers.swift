package import Trading

extension JSONReader {
  /// An integer, bare or in quotes: an event time arrived as a string once (fault ST20). Fractions and exponents are
  /// refused.
  package mutating func integer() throws(MalformedMessage) -> Int64 {
    let start = offset
    let isQuoted = consumes(UInt8(ascii: "\""))
    let isNegative = consumes(UInt8(ascii: "-"))
    let firstDigit = offset
    var magnitude: UInt64 = 0
    readDigits(into: &magnitude)
    guard offset > firstDigit else { throw MalformedMessage(.notAnInteger, at: start) }
    if offset - firstDigit > Self.digitsThatFit { magnitude = try wideInteger(firstDigit..<offset, start: start) }
    guard isQuoted || !hasLeadingZero(at: firstDigit) else { throw MalformedMessage(.notAnInteger, at: start) }
    try endNumber(from: start, isQuoted: isQuoted, .notAnInteger)
    guard magnitude <= UInt64(Int64.max) else {
      guard isNegative, magnitude == Int64.min.magnitude else { throw MalformedMessage(.integerOutOfRange, at: start) }
      return .min
    }
    return isNegative ? -Int64(magnitude) : Int64(magnitude)
  }

  /// Digits that cannot overflow 64 bits.
  private static var digitsThatFit: Int { 18 }

  private func wideInteger(_ digits: Range<Int>, start: Int) throws(MalformedMessage) -> UInt64 {
    var magnitude: UInt64 = 0
    for index in digits {
      let (scaled, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = scaled.addingReportingOverflow(UInt64(bytes[index] &- UInt8(ascii: "0")))
      guard !overflow, !carry else { throw MalformedMessage(.integerOutOfRange, at: start) }
      magnitude = sum
    }
    return magnitude
  }

  /// Reads digits as long as they come. The value is right while no more than `digitsThatFit` were read.
  @inline(__always) private mutating func readDigits(into value: inout UInt64) {
    while let eight = eightDigits() {
      value = value &* 100_000_000 &+ eight
      offset += 8
    }
    while offset < bytes.count {
      let digit = bytes[offset] &- UInt8(ascii: "0")
      guard digit <= 9 else { return }
      value = value &* 10 &+ UInt64(digit)
      offset += 1
    }
  }

  /// The value of the next eight bytes if all are digits: the parts are joined by twos, fours and eights in one word.
  @inline(__always) private func eightDigits() -> UInt64? {
    guard offset + 8 <= bytes.count else { return nil }
    let word = eightBytes(at: offset) ^ 0x3030_3030_3030_3030
    guard (word &+ 0x7676_7676_7676_7676 | word) & 0x8080_8080_8080_8080 == 0 else { return nil }
    let pairs = ((word &* 2561) >> 8) & 0x00FF_00FF_00FF_00FF
    let fours = ((pairs &* 6_553_601) >> 16) & 0x0000_FFFF_0000_FFFF
    return (fours &* 42_949_672_960_001) >> 32
  }

  /// A decimal in quotes, as Binance writes money, or bare. Never goes through floating point.
  @inline(__always) package mutating func decimal() throws(MalformedMessage) -> FixedDecimal {
    let start = offset
    let isQuoted = consumes(UInt8(ascii: "\""))
    let isNegative = consumes(UInt8(ascii: "-"))
    let firstDigit = offset
    var mantissa: UInt64 = 0
    var fractionStart: Int?
    // Whole parts are short, fractions have eight places.
    while offset < bytes.count {
      let digit = bytes[offset] &- UInt8(ascii: "0")
      guard digit <= 9 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      offset += 1
    }
    if offset > firstDigit, consumes(UInt8(ascii: ".")) {
      fractionStart = offset
      readDigits(into: &mantissa)
    }
    guard offset > firstDigit, offset != fractionStart else { throw MalformedMessage(.notADecimal, at: start) }
    guard isQuoted || !hasLeadingZero(at: firstDigit) else { throw MalformedMessage(.notADecimal, at: start) }
    let end = offset
    try endNumber(from: start, isQuoted: isQuoted, .notADecimal)
    // Up to 18 digits no overflow was possible. Longer texts are rare and take the general way.
    guard end - firstDigit <= (fractionStart == nil ? 18 : 19) else {
      return try longDecimal(firstDigit..<end, isNegative: isNegative, start: start)
    }
    let places = fractionStart.map { end - $0 } ?? 0
    let (high, low) = mantissa.multipliedFullWidth(by: Self.powersOfTen[FixedDecimal.places - places])
    let units = Int128(high) << 64 | Int128(low)
    return FixedDecimal(units: isNegative ? -units : units)
  }

  private func longDecimal(
    _ digits: Range<Int>, isNegative: Bool, start: Int
  ) throws(MalformedMessage) -> FixedDecimal {
    guard let value = FixedDecimal(utf8: bytes[digits]) else { throw MalformedMessage(.notADecimal, at: start) }
    return isNegative ? -value : value
  }

  /// `true` or `false`.
  package mutating func boolean() throws(MalformedMessage) -> Bool {
    guard peek() == UInt8(ascii: "t") else {
      try expect("false")
      return false
    }
    try expect("true")
    return true
  }

  /// Any number of the JSON grammar, exponents too: its value is not wanted.
  mutating func skipNumber() throws(MalformedMessage) {
    guard let first = peek() else { throw defect(.truncated) }
    _ = consumes(UInt8(ascii: "-"))
    let firstDigit = offset
    guard skipDigits() > 0 else { throw defect(.unexpectedByte(first)) }
    guard !hasLeadingZero(at: firstDigit) else { throw defect(.notADecimal) }
    if consumes(UInt8(ascii: ".")), skipDigits() == 0 { throw defect(.notADecimal) }
    if consumes(UInt8(ascii: "e")) || consumes(UInt8(ascii: "E")) {
      if !consumes(UInt8(ascii: "+")) { _ = consumes(UInt8(ascii: "-")) }
      if skipDigits() == 0 { throw defect(.notADecimal) }
    }
  }

  private mutating func skipDigits() -> Int {
    let start = offset
    var value: UInt64 = 0
    readDigits(into: &value)
    return offset - start
  }

  @inline(__always) private mutating func consumes(_ byte: UInt8) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  /// `007` is no JSON number. The digits end at `offset`.
  @inline(__always) private func hasLeadingZero(at firstDigit: Int) -> Bool {
    offset > firstDigit + 1 && bytes[firstDigit] == UInt8(ascii: "0")
      && bytes[firstDigit + 1] &- UInt8(ascii: "0") <= 9
  }

  @inline(__always) private mutating func endNumber(
    from start: Int, isQuoted: Bool, _ reason: MalformedMessage.Reason
  ) throws(MalformedMessage) {
    if isQuoted {
      guard consumes(UInt8(ascii: "\"")) else { throw MalformedMessage(reason, at: start) }
      return
    }
    switch peek() {
    case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): throw MalformedMessage(reason, at: start)
    default: return
    }
  }

  private static let powersOfTen: [UInt64] = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
    100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
    10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
  ]
}
