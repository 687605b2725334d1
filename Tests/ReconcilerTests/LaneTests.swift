@testable import Reconciler
import Testing
import Trading
import Venue

/// The working state of one symbol, and the proof that a command was never executed.
struct LaneTests {
  private let start = Instant(nanoseconds: 1_000_000_000)

  private func flight(_ change: (inout InFlight) -> Void = { _ in }) -> InFlight {
    let command = VenueCommand.cancelOrder(OrderCancel(symbol: "BTCUSDT", venueOrderID: 5))
    let action = PlannedAction(command: command, reason: .excess, lot: nil, quantity: "0.1", source: .sweep)
    let record = ActionRecord(
      id: 1, symbol: "BTCUSDT", lot: nil, command: command.name, clientOrderIDs: [], reason: "excess",
      source: .sweep, quantity: "0.1", state: .sent, attempt: 1, sentAt: start)
    var flight = InFlight(id: 1, action: action, sentAt: start, placed: [], target: nil, record: record)
    change(&flight)
    return flight
  }

  /// First and last answer "absent" after sending (nil: none), and whether the absence is proven by them.
  @Test(arguments: [
    (nil as Duration?, nil as Duration?, false),
    (.milliseconds(400), nil, false),
    (.milliseconds(400), .milliseconds(2500), true),  // the request is dead at the venue after 1.5 s + 1 s
    (.milliseconds(400), .milliseconds(2499), false),
    (.milliseconds(1500), .milliseconds(2500), true),
    (.milliseconds(1501), .milliseconds(2500), false),  // less than a second apart
    (.milliseconds(5000), .milliseconds(5000), false),
  ])
  func `absence is proven by two answers a second apart, the last when the request is dead`(
    first: Duration?, last: Duration?, isProven: Bool
  ) {
    let flight = flight { flight in
      flight.firstAbsence = first.map { start + $0 }
      flight.lastAbsence = last.map { start + $0 }
    }
    #expect(flight.isProvenAbsent(timing: ProtectionTiming()) == isProven)
  }

  @Test func `it is asked for after 0.4 s, then after 0.8 s, and from then on after 1.6 s`() {
    let waits = (0...4).map { queries in
      flight { $0.queries = queries }.nextQuery(timing: ProtectionTiming(), now: start) - start
    }
    #expect(waits == [400, 800, 1600, 1600, 1600].map { Duration.milliseconds($0) })
  }

  @Test func `the order concerned is asked for by its number, a placement by its first client id`() {
    let target = OrderKey("BTCUSDT", 5)
    #expect(flight { $0.target = target }.query == OrderQuery(symbol: "BTCUSDT", reference: .venue(5)))
    #expect(flight { $0.placed = ["sl", "tp"] }.query == OrderQuery(symbol: "BTCUSDT", reference: .client("sl")))
    #expect(flight().query == nil)
  }

  // MARK: - Idle lanes

  /// What is changed in the lane of a flat symbol, and whether it needs no look then.
  struct IdleRow: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var isIdle = false
    var change: @Sendable (inout Lane) -> Void

    init(_ name: String, isIdle: Bool = false, _ change: @escaping @Sendable (inout Lane) -> Void) {
      (testDescription, self.isIdle, self.change) = (name, isIdle, change)
    }
  }

  @Test(arguments: [
    IdleRow("nothing waits", isIdle: true) { _ in },
    IdleRow("no row was published") { $0.coverage = nil },
    IdleRow("something is held") { $0.coverage?.state = .naked },
    IdleRow("a reason stands") { $0.coverage?.reasons = ["backoff"] },
    IdleRow("dust is left") { $0.coverage?.dust = "0.00001" },
    IdleRow("a leg stands") { $0.coverage?.covered = "0.1" },
    IdleRow("a price is awaited") { $0.watchesPrice = true },
    IdleRow("exits were made") { $0.exitsInARow = 1 },
    IdleRow("a refusal is waited out") { $0.retryAt = Instant(nanoseconds: 1) },
    IdleRow("a duel is paced") { $0.pacedUntil = Instant(nanoseconds: 1) },
    IdleRow("an exit is paced") { $0.exitPacedUntil = Instant(nanoseconds: 1) },
    IdleRow("something is remembered") { $0.memory.stopOnly = [JudgedSymbol.id(1)] },
  ])
  func `a lane is idle only when nothing in it waits`(row: IdleRow) {
    var lane = Lane()
    lane.coverage = Self.flat
    row.change(&lane)
    #expect(lane.isIdle == row.isIdle)
  }

  private static let flat = CoverageRecord(
    symbol: "BTCUSDT", state: .flat, position: .zero, covered: .zero, dust: .zero, reasons: [])

  // MARK: - Causes

  private func cause(_ source: Source, _ uncovered: FixedDecimal) -> Lane.Cause {
    Lane.Cause(source: source, at: start, uncovered: uncovered)
  }

  @Test func `the layer that made more uncovered gets the credit, and nobody when all is covered`() {
    var lane = Lane()
    lane.exitsInARow = 2
    lane.note(cause(.stream, "0.1"), watchesPrice: true)
    #expect(lane.cause?.source == .stream && lane.watchesPrice && lane.exitsInARow == 2)
    lane.note(cause(.sweep, "0.05"), watchesPrice: false)
    #expect(lane.cause == cause(.stream, "0.05") && !lane.watchesPrice, "less of the same")
    lane.note(cause(.sweep, "0.05"), watchesPrice: false)
    #expect(lane.cause?.source == .stream)
    lane.note(cause(.sweep, "0.06"), watchesPrice: false)
    #expect(lane.cause?.source == .sweep)
    lane.note(cause(.stream, .zero), watchesPrice: false)
    #expect(lane.cause == nil && lane.exitsInARow == 0)
  }

  @Test func `recent sales are taken once`() {
    var lane = Lane()
    lane.recentSales = [OrderKey("BTCUSDT", 5)]
    #expect(lane.takeRecentSales() == [OrderKey("BTCUSDT", 5)])
    #expect(lane.takeRecentSales().isEmpty)
  }

  @Test func `a leg has the place of another of the same lot, tranche and start, whatever its generation`() {
    let place = Lane.Place(JudgedSymbol.name(1))
    #expect(Lane.Place(JudgedSymbol.name(1, generation: 7)) == place)
    #expect(Lane.Place(JudgedSymbol.name(2)) != place)
    #expect(Lane.Place(JudgedSymbol.name(1, tranche: 2)) != place)
    var other = JudgedSymbol.name(1)
    other.rangeStartSteps = 5
    #expect(Lane.Place(other) != place)
  }
}
