import TestSupport
import Testing
import Trading

/// Money: exact, saturating, never through floating point.
struct FixedDecimalTests {
  @Test(arguments: [
    ("0", "0"), ("0.00100000", "0.001"), ("-0.5", "-0.5"), ("+7", "7"), ("007.10", "7.1"), ("-0", "0"),
    ("999999999999999999.999999999999999999", "999999999999999999.999999999999999999"),
    ("0.000000000000000001", "0.000000000000000001"),
    ("1.0000000000000000000000", "1"), (".5", "0.5"), ("5.", "5"),
  ])
  func `decimal text is read exactly and printed plainly`(_ text: String, _ printed: String) throws {
    let value = try #require(FixedDecimal(text))
    #expect(value.description == printed)
  }

  @Test(arguments: [
    "", ".", "-", "+", "1e3", "1E-7", "NaN", "inf", "0x1", "1,5", " 1", "1 ", "1.2.3", "--1", "1000000000000000000",
    "0.0000000000000000001", "１",
  ])
  func `what is no plain decimal of 18 and 18 digits is refused`(_ text: String) {
    #expect(FixedDecimal(text) == nil)
  }

  @Test func `text comes back the same over 50 000 random values`() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<50_000 {
      let value = Self.random(&random)
      #expect(FixedDecimal(value.description) == value)
      #expect(FixedDecimal(value.text(minimumPlaces: 8)) == value)
    }
  }

  @Test func `asked-for places are filled with zeros and never cut`() {
    #expect(FixedDecimal("0.5").text(minimumPlaces: 8) == "0.50000000")
    #expect(FixedDecimal("0.123456789").text(minimumPlaces: 8) == "0.123456789")
    #expect(FixedDecimal(3).text(minimumPlaces: 2) == "3.00")
    #expect(FixedDecimal("-0.05").text(minimumPlaces: 0) == "-0.05")
  }

  @Test func `a price times a quantity of 8 decimals is exact`() {
    #expect(FixedDecimal("60000.00000001") * "0.00000003" == "0.0018000000000003")
    #expect(FixedDecimal("0.1") + "0.2" == "0.3")
    #expect(FixedDecimal("0.00000001") * "0.00000001" == "0.0000000000000001")
  }

  @Test func `a product of more digits drops those past the 18th toward zero, on both sides of it`() {
    let third: FixedDecimal = "0.333333333333333333"
    #expect(third * third == "0.111111111111111110")
    #expect(-third * third == "-0.111111111111111110")
  }

  @Test func `a product is the wide product, over 20 000 random pairs`() {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<20_000 {
      let a = FixedDecimal(units: Int128(Int64.random(in: -1_000_000_000...1_000_000_000, using: &random)) * 7)
      let b = FixedDecimal(units: Int128(Int64.random(in: .min ... .max, using: &random)))
      #expect((a * b).units == a.units * b.units / 1_000_000_000_000_000_000)
      #expect(a * b == b * a)
    }
  }

  @Test func `sums and products saturate instead of trapping`() {
    let largest = FixedDecimal(units: .max)
    let least = FixedDecimal(units: .min)
    #expect(largest + 1 == largest)
    #expect(least - 1 == least)
    #expect(least + -1 == least)
    #expect(largest - least == largest)
    #expect(-least == largest)
    #expect(least.magnitude == largest)
    #expect(largest * largest == largest)
    #expect(largest * least == least)
    #expect(largest * "1.000000000000000001" == largest)
    #expect(FixedDecimal(Int.max) == FixedDecimal(units: Int128(Int.max) * 1_000_000_000_000_000_000))
  }

  @Test func `a quotient is rounded as told`() {
    // One table in one test: tuples of 128-bit values as arguments crash the test library's generics.
    let table: [(FixedDecimal, FixedDecimal, FixedDecimal.Rounding, FixedDecimal)] = [
      (10, 4, .down, "2.5"),
      (1, 3, .down, "0.333333333333333333"), (1, 3, .up, "0.333333333333333334"), (-1, 3, .up, "-0.333333333333333334"),
      (2, 3, .halfEven, "0.666666666666666667"), ("0.000000000000000001", 2, .halfEven, 0),
      ("0.000000000000000003", 2, .halfEven, "0.000000000000000002"),
      ("60.005", "0.001", .down, 60_005),
    ]
    for (value, other, rounding, expected) in table {
      #expect(value.divided(by: other, rounding) == expected)
    }
  }

  @Test func `dividing by zero has no answer`() {
    #expect(FixedDecimal.one.divided(by: 0) == nil)
    #expect(FixedDecimal.zero.divided(by: 0) == nil)
  }

  @Test func `a value goes to a step in the direction told`() {
    // One table in one test: tuples of 128-bit values as arguments crash the test library's generics.
    let table: [(FixedDecimal, FixedDecimal, FixedDecimal.Rounding, FixedDecimal)] = [
      ("0.00123", "0.001", .down, "0.001"),
      ("0.00123", "0.001", .up, "0.002"), ("0.0015", "0.001", .halfEven, "0.002"),
      ("0.0025", "0.001", .halfEven, "0.002"),
      ("-0.0015", "0.001", .down, "-0.001"), ("-0.0011", "0.001", .up, "-0.002"), ("7", "2.5", .down, "5"),
      ("5", "2.5", .up, "5"),
      ("1.23", "0", .down, "1.23"), ("1.23", "-1", .up, "1.23"),
    ]
    for (value, other, rounding, expected) in table {
      #expect(value.rounded(toMultipleOf: other, rounding) == expected)
    }
  }

  @Test func `rounding down stays within one step below, over 20 000 random pairs`() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      let value = Self.random(&random)
      let step = FixedDecimal(units: Int128(Int64.random(in: 1 ... .max, using: &random)))
      let down = value.rounded(toMultipleOf: step, .down)
      #expect(down.isMultiple(of: step))
      #expect(down.magnitude <= value.magnitude && (value - down).magnitude < step)
      let up = value.rounded(toMultipleOf: step, .up)
      #expect(up.isMultiple(of: step) && up.magnitude >= value.magnitude && (up - value).magnitude < step)
    }
  }

  @Test func `steps count whole steps only`() {
    #expect(FixedDecimal("0.00123").steps(of: "0.0001") == 12)
    #expect(FixedDecimal(5).steps(of: 0) == 0)
    #expect(FixedDecimal(units: .max).steps(of: "0.000000000000000001") == .max)
  }

  private static func random(_ random: inout SeededGenerator) -> FixedDecimal {
    let whole = Int128(Int64.random(in: -999_999_999_999...999_999_999_999, using: &random))
    let fraction = Int128(Int64.random(in: 0..<1_000_000_000_000_000_000, using: &random))
    return FixedDecimal(units: whole * 1_000_000_000_000_000_000 + fraction)
  }
}
