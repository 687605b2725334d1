// Reading and writing decimal text. Money arrives as JSON strings such as "0.00100000"; it is never read through a
// `Double`.

extension FixedDecimal {
  /// Whole digits accepted from text. 10^18 leaves room for hundreds of sums before the 1.7 × 10^20 range ends.
  public static let wholeDigitsMax = 18

  /// Reads `[+-]digits[.digits]`. `nil` for anything else: an exponent, `NaN`, an empty text, more than 18 whole
  /// digits, or a non-zero digit past the 18th decimal (dropping it silently would change money).
  public init?(utf8 text: some Collection<UInt8>) {
    var index = text.startIndex
    var negative = false
    if index < text.endIndex, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
      negative = text[index] == UInt8(ascii: "-")
      index = text.index(after: index)
    }
    var digits: UInt64 = 0  // 18 digits fit; longer mantissas continue in `wide`
    var wide: Int128 = 0
    var inWide = false
    var seen = 0
    var whole = 0
    var fraction = 0
    var point = false
    while index < text.endIndex {
      let byte = text[index]
      index = text.index(after: index)
      if byte == UInt8(ascii: "."), !point {
        point = true
        continue
      }
      let digit = byte &- 48
      guard digit <= 9 else { return nil }
      if point {
        if fraction == Self.places {
          guard digit == 0 else { return nil }
          seen += 1
          continue
        }
        fraction += 1
      } else if whole > 0 || digit != 0 {
        whole += 1
        guard whole <= Self.wholeDigitsMax else { return nil }
      }
      seen += 1
      if !inWide, digits >= 100_000_000_000_000_000 {
        inWide = true
        wide = Int128(digits)
      }
      if inWide { wide = wide &* 10 &+ Int128(digit) } else { digits = digits &* 10 &+ UInt64(digit) }
    }
    guard seen > 0 else { return nil }
    let mantissa = (inWide ? wide : Int128(digits)) * Self.powersOfTen[Self.places - fraction]
    self.init(units: negative ? -mantissa : mantissa)
  }

  public init?(_ text: some StringProtocol) { self.init(utf8: text.utf8) }

  static let powersOfTen: [Int128] = {
    var powers: [Int128] = [1]
    for _ in 0..<places { powers.append(powers[powers.count - 1] * 10) }
    return powers
  }()

  /// Plain decimal text, at least `minimum` and at most 18 fractional digits, no trailing zeros past `minimum`.
  public func text(minimumPlaces minimum: Int = 0) -> String {
    let (whole, rest) = units.magnitude.quotientAndRemainder(dividingBy: Self.one18.magnitude)
    var fraction = UInt64(rest)
    var places = Self.places
    while places > minimum, fraction % 10 == 0 {
      fraction /= 10
      places -= 1
    }
    let sign = isNegative ? "-" : ""
    // Whole parts of money nearly always fit 64 bits; the description of a UInt128 costs ten times as much.
    let wholeText = whole <= UInt128(UInt64.max) ? String(UInt64(whole)) : String(whole)
    guard places > 0 else { return sign + wholeText }
    let digits = String(fraction)
    return sign + wholeText + "." + String(repeating: "0", count: places - digits.utf8.count) + digits
  }
}

extension FixedDecimal: LosslessStringConvertible, CustomDebugStringConvertible {
  public var description: String { text() }
  public var debugDescription: String { text() }
}

extension FixedDecimal: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  public init(integerLiteral value: Int) { self.init(value) }

  /// For literals in source only; text from outside goes through the failable initializers.
  public init(stringLiteral value: StaticString) {
    guard let parsed = Self(value.description) else { preconditionFailure("not a decimal literal: \(value)") }
    self = parsed
  }
}
