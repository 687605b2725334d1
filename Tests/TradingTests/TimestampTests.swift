import Foundation
import TestSupport
import Testing
import Trading

/// Moments as text and as differences.
struct TimestampTests {
  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00.000000Z"), (1_763_700_001_009_123, "2025-11-21T04:40:01.009123Z"),
    (-1, "1969-12-31T23:59:59.999999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
    (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"), (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
  ])
  func `a moment prints as ISO 8601 in UTC`(_ microseconds: Int64, _ text: String) {
    #expect(Timestamp(microseconds: microseconds).description == text)
  }

  @Test func `the text is Foundation's, over 2 000 random moments of 400 years`() {
    var random = SeededGenerator(seed: 4)
    let style = Date.ISO8601FormatStyle()
    for _ in 0..<2000 {
      let seconds = Int64.random(in: -6_000_000_000...6_000_000_000, using: &random)
      let text = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(style)
      #expect(Timestamp(milliseconds: seconds * 1000).description == text.dropLast() + ".000000Z")
    }
  }

  @Test func `differences and sums are durations`() {
    let a = Timestamp(milliseconds: 1000)
    #expect(a + .milliseconds(250) == Timestamp(microseconds: 1_250_000))
    #expect(Timestamp(milliseconds: 1500) - a == .milliseconds(500))
    #expect(a - Timestamp(milliseconds: 1500) == .milliseconds(-500))
    #expect(Timestamp(microseconds: 1_999).milliseconds == 1)
  }

  @Test func `a duration's nanoseconds are clamped, not wrapped`() {
    #expect(Duration.seconds(Int64.max).wholeNanoseconds == .max)
    #expect(Duration.seconds(-1_000_000_000_000).wholeNanoseconds == .min)
    #expect(Duration.milliseconds(1500).wholeNanoseconds == 1_500_000_000)
    #expect(Duration.microseconds(-1500).wholeMilliseconds == -1)
  }
}
