@testable import Reconciler
import Testing
import Trading
import Venue

/// When the account is read again although no event asks for it.
struct LookTests {
  private static let stopOnly = Bracket(stop: .percent("1"), takeProfits: [])

  /// Bought by a bot and told to nobody.
  private static func buyUnheard(_ venue: inout ScriptedVenue, _ quantity: FixedDecimal) {
    let entry = venue.makeOrder(id: "bot", side: .buy, type: .market, quantity: quantity, price: .zero)
    venue.fill(entry.venueOrderID, quantity, at: "60000", tell: false)
  }

  /// Answers the readings of the next seconds, each of them from the account as it is.
  private static func read(_ venue: inout ScriptedVenue, seconds: Int) {
    for _ in 0..<seconds {
      venue.answerSnapshots()
      venue.answerQueries()
      venue.advance(.seconds(1))
    }
  }

  @Test func `what a lagging replica hides when a stream opens beside the old one is found ten seconds later`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    Self.read(&venue, seconds: 60)
    venue.answerSnapshots()
    venue.feed(.streamOpened(epoch: 2))
    venue.answerSnapshots()
    Self.buyUnheard(&venue, "0.1")
    Self.read(&venue, seconds: 11)
    #expect(venue.sent.map(\.name) == ["place_leg"])
  }

  @Test(arguments: [(true, ["stream_opened"]), (false, ["start", "stream_opened"])])
  func `a life's readings tell whether its stream was open when they began, whichever of mirror and stream comes first`(
    streamIsFirst: Bool, triggers: [String]
  ) {
    var venue = ScriptedVenue(bracket: Self.stopOnly)
    venue.feed(.instruments([ScriptedVenue.instrument]))
    if streamIsFirst { venue.feed(.streamOpened(epoch: 1)) }
    venue.feed(.restored(nil))
    if !streamIsFirst { venue.feed(.streamOpened(epoch: 1)) }
    venue.answerSnapshots()
    let told = venue.facts.compactMap { if case .sweep(let sweep) = $0 { sweep.trigger } else { nil } }
    #expect(told == triggers)
  }

  @Test func `a sooner look does not stand for a later one`() {
    var sweeps = SweepSchedule()
    let now = Instant(nanoseconds: 0)
    sweeps.lookAgain(at: now + .seconds(10))
    sweeps.lookAgain(at: now + .seconds(1))
    sweeps.haveLooked(at: now + .seconds(1))
    #expect(sweeps.looks == [now + .seconds(10)])
    sweeps.haveLooked(at: now + .milliseconds(10_001))
    #expect(sweeps.looks.isEmpty)
  }

  @Test func `of more looks than are remembered the last one is kept`() {
    var sweeps = SweepSchedule()
    let moments = (1...12).map { Instant(nanoseconds: 0) + .seconds($0) }
    for moment in moments { sweeps.lookAgain(at: moment) }
    #expect(sweeps.looks.count == SweepSchedule.looksMax)
    #expect(sweeps.looks.first == moments.first)
    #expect(sweeps.looks.last == moments.last)
  }

  @Test func `the latest of 8 looks is kept when a ninth comes that is sooner`() {
    var sweeps = SweepSchedule()
    let now = Instant(nanoseconds: 0)
    for second in 2...9 { sweeps.lookAgain(at: now + .seconds(second)) }
    sweeps.lookAgain(at: now + .seconds(1))
    #expect(sweeps.looks.count == SweepSchedule.looksMax)
    #expect(sweeps.looks.first == now + .seconds(1))
    #expect(sweeps.looks.last == now + .seconds(9))
  }

  @Test func `a round trip that no event tells of and no wallet shows is in the mirror after two intervals`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    for stop in venue.restingStops { venue.fill(stop.venueOrderID, stop.quantity, at: "59400") }
    Self.read(&venue, seconds: 60)
    let wallet = venue.balances
    Self.buyUnheard(&venue, "0.2")
    let sale = venue.makeOrder(id: "human", side: .sell, type: .market, quantity: "0.2", price: .zero)
    venue.fill(sale.venueOrderID, "0.2", at: "60000", tell: false)
    venue.balances = wallet
    Self.read(&venue, seconds: 62)
    let recorded = Set(venue.facts.compactMap { if case .fill(let fill, _) = $0 { fill.orderKey } else { nil } })
    #expect(recorded.contains(sale.key))
    #expect(venue.coverage?.state == .flat)
  }

  @Test func `an order of others that seems to hold what needs a stop is looked for within two seconds`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.05")
    let sale = venue.makeOrder(id: "human", side: .sell, type: .limit, quantity: "0.05", price: "70000")
    venue.tell(sale, .new, nil)
    Self.read(&venue, seconds: 60)
    // Cancelled; the event of it was lost.
    venue.orders[sale.venueOrderID]?.status = .canceled
    // The coins of the lot are there: what else was in the wallet is gone.
    venue.enter("0.1", at: "60000")
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.0999")
    venue.venueTime = venue.venueTime + .milliseconds(1)
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    for _ in 0..<35 {
      venue.advance(.milliseconds(100))
      while case .placeLeg(let leg)? = venue.pending.first?.command, leg.quantity > "0.0999" {
        venue.reject(.insufficientBalance)
      }
      venue.acceptAll()
      venue.answerSnapshots()
      venue.answerQueries()
    }
    #expect(venue.stopQuantity == "0.0999")
  }
}
