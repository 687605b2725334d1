import RESTClient
import Testing
import Trading
import Venue

@Suite struct RequestBudgetTests {
  /// 20 s into a minute of the venue's clock.
  private static let venueStart: Int64 = 1_795_255_580_000_000

  /// A budget with both clocks, moved together.
  private struct Bench {
    var budget = RequestBudget(limit: 6000)
    var seconds: Int64 = 0

    var now: Instant { Instant(nanoseconds: seconds * 1_000_000_000) }
    var venueTime: Timestamp { Timestamp(microseconds: RequestBudgetTests.venueStart + seconds * 1_000_000) }

    mutating func decide(_ weight: Int, _ purpose: HTTPRequest.Purpose) -> RequestBudget.Decision {
      budget.decide(weight: weight, purpose: purpose, at: now, venueTime: venueTime).decision
    }

    mutating func spend(_ weight: Int, used: Int? = nil) {
      let (decision, booking) = budget.decide(weight: weight, purpose: .protect, at: now, venueTime: venueTime)
      #expect(decision == .go)
      budget.settle(booking, usedWeight: used, wasSent: true, venueTime: venueTime)
    }
  }

  @Test func `background stops at a half, reconciling at three quarters, protection has the last quarter`() {
    var bench = Bench()
    bench.budget.note(usedWeight: 3000, venueTime: bench.venueTime)
    #expect(bench.decide(1, .background) != .go)
    #expect(bench.decide(1500, .reconcile) == .go)
    #expect(bench.decide(1, .reconcile) != .go)
    #expect(bench.decide(1500, .protect) == .go)
    #expect(bench.decide(1, .protect) != .go)
  }

  @Test func `what is under way counts before the venue has answered`() {
    var bench = Bench()
    #expect(bench.decide(2900, .background) == .go)
    #expect(bench.decide(200, .background) != .go)
    #expect(bench.budget.used == 2900)
  }

  @Test func `a full minute opens again with the venue's next one`() {
    var bench = Bench()
    bench.budget.note(usedWeight: 6000, venueTime: bench.venueTime)
    let reopens = Instant(nanoseconds: 40_500_000_000)
    #expect(bench.decide(1, .protect) == .wait(until: reopens), "40 s to the minute and half a second for the clocks")
    bench.seconds = 41
    #expect(bench.decide(1, .protect) == .go)
  }

  @Test func `the venue's count wins when it is larger, and never lowers ours`() {
    var bench = Bench()
    bench.spend(20, used: 1200)
    #expect(bench.budget.used == 1200)
    bench.spend(20, used: 900)
    #expect(bench.budget.used == 1200, "an answer that was overtaken")
    bench.spend(20)
    #expect(bench.budget.used == 1220, "no header: our own weight")
  }

  @Test func `a request that was not sent gives its weight back`() {
    var bench = Bench()
    let (_, booking) = bench.budget.decide(weight: 80, purpose: .reconcile, at: bench.now, venueTime: bench.venueTime)
    bench.budget.settle(booking, usedWeight: nil, wasSent: false, venueTime: bench.venueTime)
    #expect(bench.budget.used == 0)
  }

  @Test func `an answer that crosses the minute does not fill the new one`() {
    var bench = Bench()
    bench.seconds = 39
    let (_, booking) = bench.budget.decide(weight: 20, purpose: .reconcile, at: bench.now, venueTime: bench.venueTime)
    bench.seconds = 41
    bench.budget.settle(booking, usedWeight: 5900, wasSent: true, venueTime: bench.venueTime)
    #expect(bench.budget.used == 0)
  }

  @Test(arguments: [HTTPRequest.Purpose.background, .reconcile, .protect])
  func `after a 429 nothing leaves before Retry-After`(purpose: HTTPRequest.Purpose) {
    var bench = Bench()
    bench.budget.noteRefusal(isBan: false, retryAfter: .seconds(90), at: bench.now, venueTime: bench.venueTime)
    bench.budget.noteRefusal(isBan: false, retryAfter: .seconds(5), at: bench.now, venueTime: bench.venueTime)
    for second in stride(from: Int64(0), to: 90, by: 10) {
      bench.seconds = second
      #expect(bench.decide(0, purpose) == .wait(until: Instant(nanoseconds: 90_000_000_000)))
    }
    bench.seconds = 90
    #expect(bench.decide(0, purpose) == .go)
  }

  @Test func `a 429 without Retry-After waits for the next minute, a 418 for two`() {
    var bench = Bench()
    bench.budget.noteRefusal(isBan: false, retryAfter: nil, at: bench.now, venueTime: bench.venueTime)
    #expect(bench.decide(1, .protect) == .wait(until: Instant(nanoseconds: 40_500_000_000)))
    bench.budget.noteRefusal(isBan: true, retryAfter: nil, at: bench.now, venueTime: bench.venueTime)
    let end = Instant(nanoseconds: 120_000_000_000)
    #expect(bench.decide(1, .protect) == .refuse(.banned(until: end)))
    #expect(bench.budget.latchedUntil(at: bench.now) == end)
  }

  @Test func `a step of the calendar clock does not shorten a ban`() {
    var budget = RequestBudget(limit: 6000)
    let now = Instant(nanoseconds: 0)
    let venue = Timestamp(microseconds: Self.venueStart)
    budget.noteRefusal(isBan: true, retryAfter: .seconds(600), at: now, venueTime: venue)
    let later = now + .seconds(60)
    let (decision, _) = budget.decide(
      weight: 1, purpose: .protect, at: later, venueTime: venue + .seconds(3600))
    #expect(decision == .refuse(.banned(until: now + .seconds(600))))
  }

  @Test func `a clock corrected backwards forgets nothing`() {
    var bench = Bench()
    bench.budget.note(usedWeight: 5000, venueTime: bench.venueTime)
    bench.budget.note(usedWeight: 0, venueTime: Timestamp(microseconds: Self.venueStart - 120_000_000))
    #expect(bench.budget.used == 5000)
  }

  @Test func `what no minute has room for is refused, not put off for ever`() {
    var bench = Bench()
    #expect(bench.decide(3001, .background) == .refuse(.tooHeavy(weight: 3001, ceiling: 3000)))
    bench.budget.setLimit(12_000)
    #expect(bench.decide(3001, .background) == .go)
  }

  @Test func `reads can never starve protection, whatever their order (10 000 seeded steps)`() {
    var bench = Bench()
    var state: UInt64 = 7
    for _ in 0..<10_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let weight = Int(state >> 33) % 100
      let purpose: HTTPRequest.Purpose = state >> 63 == 0 ? .background : .reconcile
      let (decision, booking) = bench.budget.decide(
        weight: weight, purpose: purpose, at: bench.now, venueTime: bench.venueTime)
      if decision == .go {
        bench.budget.settle(booking, usedWeight: nil, wasSent: true, venueTime: bench.venueTime)
      }
      #expect(bench.budget.used <= 4500)
      var probe = bench
      #expect(probe.decide(1500, .protect) == .go)
      if state % 64 == 0 { bench.seconds += 1 }
    }
  }
}
