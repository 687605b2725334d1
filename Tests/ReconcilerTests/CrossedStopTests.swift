import Testing
import Trading
import Venue

@testable import Reconciler

/// A lot whose stop the price has passed, and for which nothing may be sold, stays naked and is tried again and again.
/// It must not keep the others of its symbol waiting.
struct CrossedStopTests {
  private static let alert = Bracket(stop: .percent("1"), takeProfits: [], onCrossedStop: .alert)

  /// 0.1 was bought at 60,000, and the price is below its stop.
  private func crossed() -> ScriptedVenue {
    var venue = ScriptedVenue.ready(bracket: Self.alert)
    venue.enter("0.1", at: "60000")
    venue.reject(.wouldTriggerImmediately)
    venue.answerSnapshots()
    #expect(venue.pending.isEmpty)
    return venue
  }

  private func stops(_ venue: ScriptedVenue) -> [FixedDecimal] {
    venue.restingStops.map(\.triggerPrice)
  }

  @Test func `what is bought 100 ms after a stop was refused for good has its own at once`() {
    var venue = crossed()
    venue.advance(.milliseconds(100))
    venue.enter("0.1", at: "58000", id: "bot2")
    #expect(venue.pending.count == 1)
    venue.accept()
    #expect(stops(venue) == ["57420"])
  }

  @Test func `what was bought meanwhile is covered before the crossed stop is tried again`() {
    var venue = crossed()
    venue.advance(.milliseconds(250))
    #expect(venue.pending.count == 1)
    venue.enter("0.1", at: "58000", id: "bot2")
    venue.reject(.wouldTriggerImmediately)
    venue.accept()
    #expect(stops(venue) == ["57420"])
    venue.acceptAll()
    #expect(stops(venue) == ["57420", "59400"], "the crossed one is not given up")
  }

  @Test func `two crossed stops are not tried in turn at full speed, but 8 times in 2 s at the most`() {
    var venue = crossed()
    venue.enter("0.1", at: "60000", id: "bot2")
    let before = venue.sent.count
    for _ in 0..<200 {
      while !venue.pending.isEmpty { venue.reject(.wouldTriggerImmediately) }
      venue.answerSnapshots()
      venue.advance(.milliseconds(10))
    }
    #expect(venue.sent.count - before <= 8)
    #expect(venue.sent.count - before >= 4)
  }

  @Test func `where one conditional order is left it goes to what can have a stop, at its own price`() {
    var venue = ScriptedVenue.ready(bracket: Self.alert)
    var instrument = ScriptedVenue.instrument
    instrument.filters.algoOrdersMax = 1
    venue.feed(.instruments([instrument]))
    venue.enter("0.1", at: "60000")
    venue.reject(.wouldTriggerImmediately)
    venue.answerSnapshots()
    venue.enter("0.1", at: "58000", id: "bot2")
    venue.acceptAll()
    #expect(stops(venue) == ["57420"])
  }

  @Test func `a lot whose stop no filter lets through keeps none that is bought 100 ms later waiting`() {
    var venue = ScriptedVenue.ready(bracket: Self.alert)
    venue.enter("0.1", at: "60000")
    venue.reject(.filter)
    venue.advance(.milliseconds(100))
    venue.enter("0.1", at: "58000", id: "bot2")
    venue.accept()
    #expect(stops(venue) == ["57420"])
  }

  @Test func `no list is taken down to make room for a stop that the price has passed`() {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1", Bracket(stop: .percent("1"), takeProfits: [], onCrossedStop: .alert))
    scene.hold(2, "0.1")
    scene.protect(2, "0.1")
    scene.slots.algo = 0
    scene.memory.crossed = [JudgedSymbol.id(1)]
    #expect(scene.plan().actions.isEmpty)
    #expect(scene.plan().held.map(\.reason) == [.noSlot])
  }
}
