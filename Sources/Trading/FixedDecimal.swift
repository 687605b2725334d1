/// An exact decimal with 18 fractional digits, kept in one `Int128`.
///
/// Venues speak at most 8 decimals, so a price times a quantity has at most 16: every product that money is made of is
/// exact. The range is ±1.7 × 10^20. Arithmetic *saturates* instead of trapping: a guardian that crashes on an absurd
/// number from the wire protects nobody, and no filter lets a saturated value through.
///
/// What takes a few instructions is inlinable: every module adds and compares all the time, and a call across modules
/// costs more than the sum.
public struct FixedDecimal: Hashable, Sendable {
  // Two words instead of one `Int128`: a value aligned to 16 bytes crashes in async frames and test arguments under
  // Swift 6.3.1.
  @usableFromInline let high: Int64
  @usableFromInline let low: UInt64

  /// The value times 10^18.
  @inlinable public var units: Int128 { Int128(high) << 64 | Int128(low) }

  /// Fractional digits held.
  public static let places = 18
  static let one18: Int128 = 1_000_000_000_000_000_000
  static let one9: Int128 = 1_000_000_000

  @inlinable public init(units: Int128) {
    high = Int64(truncatingIfNeeded: units >> 64)
    low = UInt64(truncatingIfNeeded: units)
  }

  public init(_ whole: Int) {
    let (value, overflow) = Int128(whole).multipliedReportingOverflow(by: Self.one18)
    self.init(units: overflow ? (whole < 0 ? .min : .max) : value)
  }

  @inlinable public static var zero: FixedDecimal { FixedDecimal(units: 0) }
  public static let one = FixedDecimal(units: one18)

  @inlinable public var isZero: Bool { units == 0 }
  @inlinable public var isPositive: Bool { units > 0 }
  @inlinable public var isNegative: Bool { units < 0 }
  @inlinable public var magnitude: FixedDecimal { isNegative ? -self : self }
}

extension FixedDecimal: Comparable, AdditiveArithmetic {
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.units < b.units }

  @inlinable public static func + (a: Self, b: Self) -> Self {
    let (sum, overflow) = a.units.addingReportingOverflow(b.units)
    return Self(units: overflow ? (b.units < 0 ? .min : .max) : sum)
  }

  @inlinable public static func - (a: Self, b: Self) -> Self {
    let (difference, overflow) = a.units.subtractingReportingOverflow(b.units)
    return Self(units: overflow ? (b.units < 0 ? .max : .min) : difference)
  }

  @inlinable public static prefix func - (a: Self) -> Self { .zero - a }
}

// MARK: - Products and quotients

extension FixedDecimal {
  /// The direction in which digits past the 18th (or past a step) are dropped.
  public enum Rounding: Sendable {
    /// Toward zero.
    case down
    /// Away from zero.
    case up
    /// To the nearest, ties to even.
    case halfEven
  }

  /// Exact for operands of up to 9 decimals each; otherwise digits past the 18th are dropped toward zero.
  public static func * (a: Self, b: Self) -> Self {
    // Venue values are multiples of 10^-9 (they have ≤ 8 decimals): no 256-bit product is needed for them.
    let (qa, ra) = a.units.quotientAndRemainder(dividingBy: one9)
    let (qb, rb) = b.units.quotientAndRemainder(dividingBy: one9)
    if ra == 0, rb == 0 {
      let (product, overflow) = qa.multipliedReportingOverflow(by: qb)
      return Self(units: overflow ? saturated(negative: (qa < 0) != (qb < 0)) : product)
    }
    return scaled(a.units, by: b.units, over: one18, .down)
  }

  /// `self / divisor`, rounded at the 18th digit. `nil` when the divisor is zero.
  public func divided(by divisor: Self, _ rounding: Rounding = .halfEven) -> Self? {
    guard !divisor.isZero else { return nil }
    return Self.scaled(units, by: Self.one18, over: divisor.units, rounding)
  }

  /// `a × b / c` through a 256-bit product, saturating.
  private static func scaled(_ a: Int128, by b: Int128, over c: Int128, _ rounding: Rounding) -> Self {
    let negative = ((a < 0) != (b < 0)) != (c < 0)
    let divisor = c.magnitude
    let wide = a.magnitude.multipliedFullWidth(by: b.magnitude)
    guard wide.high < divisor else { return Self(units: saturated(negative: negative)) }
    var (quotient, remainder) = divisor.dividingFullWidth(wide)
    if roundsAway(quotient: quotient, remainder: remainder, divisor: divisor, rounding) { quotient &+= 1 }
    guard quotient <= UInt128(Int128.max) else { return Self(units: saturated(negative: negative)) }
    return Self(units: negative ? -Int128(quotient) : Int128(quotient))
  }

  private static func roundsAway(
    quotient: UInt128, remainder: UInt128, divisor: UInt128, _ rounding: Rounding
  ) -> Bool {
    guard remainder != 0 else { return false }
    switch rounding {
    case .down: return false
    case .up: return true
    case .halfEven:
      let rest = divisor - remainder
      return remainder == rest ? quotient & 1 == 1 : remainder > rest
    }
  }

  private static func saturated(negative: Bool) -> Int128 { negative ? .min : .max }
}

// MARK: - Steps

extension FixedDecimal {
  /// The nearest multiple of `step` in the given direction; the value itself when `step` is not positive (a filter that
  /// is off).
  public func rounded(toMultipleOf step: Self, _ rounding: Rounding) -> Self {
    guard step.isPositive else { return self }
    let (quotient, remainder) = units.magnitude.quotientAndRemainder(dividingBy: step.units.magnitude)
    let away = Self.roundsAway(
      quotient: quotient, remainder: remainder, divisor: step.units.magnitude, rounding)
    let multiple = away ? quotient &+ 1 : quotient
    let (product, overflow) = multiple.multipliedReportingOverflow(by: step.units.magnitude)
    guard !overflow, product <= UInt128(Int128.max) else { return Self(units: Self.saturated(negative: isNegative)) }
    return Self(units: isNegative ? -Int128(product) : Int128(product))
  }

  public func isMultiple(of step: Self) -> Bool { step.isZero || units % step.units == 0 }

  /// How many whole steps fit in the value; 0 when `step` is not positive.
  public func steps(of step: Self) -> Int64 {
    guard step.isPositive else { return 0 }
    return Int64(clamping: units / step.units)
  }

  @inlinable public static func min(_ a: Self, _ b: Self) -> Self { a < b ? a : b }
  @inlinable public static func max(_ a: Self, _ b: Self) -> Self { a < b ? b : a }
}
