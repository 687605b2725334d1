import RESTClient
import Testing
import Trading

@Suite struct ClockOffsetTests {
  private static let base: Int64 = 1_795_255_580_000_000

  private func instant(milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  /// The venue's clock shows `base` at monotonic zero, cut to milliseconds.
  private func venue(atMilliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: Self.base / 1000 + atMilliseconds)
  }

  @Test func `half of the round trip is taken out`() throws {
    var clock = ClockOffset()
    clock.add(
      venueTime: venue(atMilliseconds: 100), sentAt: instant(milliseconds: 50), receivedAt: instant(milliseconds: 150))
    let shown = try #require(clock.venueTime(at: instant(milliseconds: 1000)))
    #expect(shown.microseconds == Self.base + 1_000_500, "and half of the cut-off millisecond is put back")
  }

  @Test func `two lopsided round trips of five move nothing`() throws {
    var clock = ClockOffset()
    for sample: (sent: Int64, venue: Int64, received: Int64) in [
      (0, 5, 10), (200, 205, 210), (400, 1100, 1200), (1400, 1405, 1410), (1600, 1610, 2600),
    ] {
      clock.add(
        venueTime: venue(atMilliseconds: sample.venue), sentAt: instant(milliseconds: sample.sent),
        receivedAt: instant(milliseconds: sample.received))
    }
    let shown = try #require(clock.venueTime(at: instant(milliseconds: 5000)))
    #expect((shown - Timestamp(microseconds: Self.base + 5_000_500)).wholeMilliseconds == 0)
  }

  @Test func `a round trip of more than 1.5 s teaches nothing`() {
    var clock = ClockOffset()
    let isAccepted = clock.add(
      venueTime: venue(atMilliseconds: 0), sentAt: instant(milliseconds: 0), receivedAt: instant(milliseconds: 1501))
    #expect(!isAccepted)
    #expect(!clock.isMeasured)
    #expect(clock.venueTime(at: instant(milliseconds: 0)) == nil)
  }

  @Test func `five samples 200 ms apart, then one every ten minutes`() {
    var clock = ClockOffset()
    #expect(clock.nextMeasurement(at: instant(milliseconds: 7)) == instant(milliseconds: 7))
    for index in 1...5 {
      let at = instant(milliseconds: Int64(index) * 200)
      clock.add(venueTime: venue(atMilliseconds: Int64(index) * 200), sentAt: at, receivedAt: at)
      let expected: Duration = index < 5 ? .milliseconds(200) : .seconds(600)
      #expect(clock.nextMeasurement(at: at) == at + expected)
    }
  }

  @Test func `after a refused timestamp one new sample replaces all old ones`() throws {
    var clock = ClockOffset()
    for index in 0..<5 {
      let at = instant(milliseconds: Int64(index) * 200)
      clock.add(venueTime: venue(atMilliseconds: Int64(index) * 200), sentAt: at, receivedAt: at)
    }
    clock.distrust()
    let now = instant(milliseconds: 2000)
    #expect(clock.nextMeasurement(at: now) == now)
    #expect(clock.isMeasured, "the old estimate serves until then")
    clock.add(venueTime: venue(atMilliseconds: 3_602_000), sentAt: now, receivedAt: now)
    let shown = try #require(clock.venueTime(at: now))
    #expect(shown.milliseconds == Self.base / 1000 + 3_602_000)
  }

  @Test func `a wall clock that steps by an hour changes the offset shown, not the venue's time`() throws {
    var clock = ClockOffset()
    let now = instant(milliseconds: 0)
    clock.add(venueTime: venue(atMilliseconds: 0), sentAt: now, receivedAt: now)
    let wall = Timestamp(microseconds: Self.base + 500)
    #expect(clock.offset(from: wall, at: now) == .zero)
    #expect(clock.offset(from: wall + .seconds(3600), at: now) == .seconds(-3600))
    #expect(clock.venueTime(at: now) == Timestamp(microseconds: Self.base + 500))
  }
}
