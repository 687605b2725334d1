@testable import Reconciler
import Testing
import Trading
import Venue

/// Findings → ordered actions: which command, how much, in which order, and what is held back for which reason.
struct PlannerTests {
  typealias Change = @Sendable (inout JudgedSymbol) -> Void

  /// What is changed in a symbol that holds 0.1 behind nothing, the commands that follow, and what is held.
  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var change: Change
    var commands: [String]
    var held: [Reason]

    init(_ name: String, _ commands: [String], held: [Reason] = [], _ change: @escaping Change) {
      testDescription = name
      self.change = change
      self.commands = commands
      self.held = held
    }
  }

  // MARK: - Placing

  @Test(arguments: [
    Row("a pair for the whole lot", ["place_oco"]) { _ in },
    Row("the wallet has all of it", ["place_oco"]) { $0.sellable = "0.1" },
    Row("the wallet has nothing free", [], held: [.walletShort]) { $0.sellable = .zero },
    Row("a foreign order holds the base", [], held: [.baseLocked]) { scene in
      scene.sellable = .zero
      scene.foreignLocks = [JudgedSymbol.leg(950, .limit, "0.1")]
    },
    Row("what is free is below the least notional", [], held: [.walletShort]) { $0.sellable = "0.00001" },
    Row("what is held is below the least notional", [], held: [.belowMinimum]) { scene in
      scene.lots = []
      scene.hold(1, "0.00005")
    },
    Row("orders may only be cancelled", [], held: [.venueClosed]) { $0.instrument.status = .cancelOnly },
    Row("the market is halted", [], held: [.venueClosed]) { $0.instrument.status = .halted },
    Row("the stop's price is not legal", [], held: [.unknown]) { $0.instrument.filters.priceMax = "50000" },
    Row("the entry's price is not known", [], held: [.unknown]) { scene in
      scene.instrument.filters.notionalMin = .zero
      scene.lots[0].account.lot.filledQuantity = .zero
    },
    Row("a bracket without a stop needs no stop price", ["place_leg"]) { scene in
      scene.lots = []
      scene.hold(1, "0.1", Bracket(stop: nil, takeProfits: [.init(.percent("2"), share: "1")]))
    },
    Row("a bracket of a stop alone", ["place_leg"]) { scene in
      scene.lots = []
      scene.hold(1, "0.1", JudgedSymbol.stopBracket)
    },
    Row("no slot and nothing to take down", [], held: [.noSlot]) { $0.slots.algo = 0 },
    Row("no list is left, so the stop goes alone", ["place_leg"]) { $0.slots.lists = 0 },
    Row("one order is left, so the stop goes alone", ["place_leg"]) { $0.slots.orders = 1 },
  ])
  func `an uncovered quantity is placed as far as the venue takes it`(row: Row) {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    row.change(&scene)
    let plan = scene.plan()
    #expect(plan.commands == row.commands)
    #expect(plan.heldReasons == row.held)
  }

  @Test func `two lots share what the wallet has, the oldest first`() {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.hold(2, "0.1")
    scene.sellable = "0.15"
    #expect(scene.plan().actions.map(\.quantity) == ["0.1", "0.05"])
  }

  @Test func `a symbol without trigger-market orders gets a stop-limit 5 % under its trigger and a maker take-profit`()
  {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.instrument.orderTypes = [.limit, .limitMaker, .market, .stopLossLimit]
    guard case .placeOCO(let pair)? = scene.plan().actions.first?.command else {
      return #expect(Bool(false), "no pair is placed")
    }
    #expect((pair.stop.type, pair.stop.triggerPrice, pair.stop.limitPrice) == (.stopLossLimit, "59400", "56430"))
    #expect((pair.takeProfit.type, pair.takeProfit.limitPrice) == (.limitMaker, "61200"))
  }

  @Test func `a stop-limit whose limit would be illegal takes its trigger as the limit`() {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1", JudgedSymbol.stopBracket)
    scene.instrument.orderTypes = [.limit, .stopLossLimit]
    scene.instrument.filters.priceMin = "59000"
    guard case .placeLeg(let leg)? = scene.plan().actions.first?.command else {
      return #expect(Bool(false), "no stop is placed")
    }
    #expect((leg.terms.triggerPrice, leg.terms.limitPrice) == ("59400", "59400"))
  }

  @Test func `a name that the venue has seen is not used again: the next generation is`() throws {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1", JudgedSymbol.stopBracket)
    func id(_ plan: Plan) throws -> ClientOrderID {
      guard case .placeLeg(let leg)? = plan.actions.first?.command else { throw NoLeg() }
      return leg.terms.clientOrderID
    }
    let first = try id(scene.plan())
    #expect(try id(scene.plan()) == first)
    let second = try id(scene.plan(seen: [first]))
    #expect(second != first)
    #expect(try id(scene.plan(seen: [first, second])) != second)
  }

  private struct NoLeg: Error {}

  // MARK: - Selling

  @Test(arguments: [
    Row("all of it is free", ["place_leg"]) { _ in },
    Row("all of it is in the wallet", ["place_leg"]) { $0.sellable = "0.1" },
    Row("an order holds most of it", [], held: [.baseLocked]) { $0.sellable = "0.00001" },
    Row("it is dust", [], held: [.belowMinimum]) { scene in
      scene.lots = []
      scene.hold(1, "0.00005")
    },
    Row("the price has fallen so far that it is dust", [], held: [.belowMinimum]) { scene in
      scene.lots = []
      scene.hold(1, "0.00009")
      scene.lastPrice = scene.price("50000")
    },
    Row("the price was that low 6 s ago", ["place_leg"]) { scene in
      scene.lots = []
      scene.hold(1, "0.00009")
      scene.lastPrice = scene.price("50000", ago: .seconds(6))
    },
    Row("a higher price changes nothing", ["place_leg"]) { $0.lastPrice = $0.price("70000") },
  ])
  func `what is flattened is sold at market as far as it can be`(row: Row) {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    row.change(&scene)
    scene.memory.flattening = [JudgedSymbol.id(1)]
    let plan = scene.plan()
    #expect(plan.commands == row.commands)
    #expect(plan.heldReasons == row.held)
  }

  @Test(arguments: [(false, [FixedDecimal("0.1"), "0.02"]), (true, ["0.1", "0.1"])])
  func `of 0.12 that are free a sale of 0.1 leaves 0.02 to another lot, and all of its 0.1 while it has to wait`(
    isPaced: Bool, quantities: [FixedDecimal]
  ) {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.hold(2, "0.1")
    scene.sellable = "0.12"
    scene.memory.flattening = [JudgedSymbol.id(1)]
    scene.isExitPaced = isPaced
    #expect(scene.plan().actions.map(\.quantity) == quantities)
  }

  @Test func `a sale of a lot that is not there does nothing`() {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    #expect(scene.plan([.sell(JudgedSymbol.id(9), quantity: "0.1", .flatten)]) == Plan())
  }

  @Test func `exits and placements come before cancels, in whatever order they were found`() {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.hold(2, "0.1")
    scene.protect(2, "0.04")
    let (view, protection) = (scene.view, scene.protections[0])
    let plan = scene.plan([
      .orphaned(protection), .excessive(protection, keep: "0.02"), .obstructive(protection, .stopFailed),
      .uncovered(view.coverage.lots[0]), .sell(JudgedSymbol.id(2), quantity: "0.06", .stopCrossed),
      .held(JudgedSymbol.id(2), quantity: "0.01", .ignored),
    ])
    #expect(plan.commands == ["place_leg", "place_oco", "cancel_list", "amend", "cancel_list"])
    #expect(plan.reasons == [.stopCrossed, .uncovered, .orphan, .excess, .stopFailed])
    #expect(plan.heldReasons == [.ignored])
  }

  // MARK: - Cancelling

  private func cancelled(
    _ reason: Reason, status: TradingStatus = .trading, _ change: (inout Protection) -> Void = { _ in }
  ) -> Plan {
    var scene = JudgedSymbol()
    scene.instrument.status = status
    scene.hold(1, "0.1")
    scene.protect(1, "0.1")
    change(&scene.protections[0])
    let protection = scene.protections[0]
    return scene.plan([reason == .orphan ? .orphaned(protection) : .obstructive(protection, reason)])
  }

  @Test func `a list is cancelled as a list, a single order by its id, and what has ended not at all`() {
    #expect(cancelled(.makerPartial).commands == ["cancel_list"])
    #expect(cancelled(.makerPartial) { $0.orderListID = nil }.commands == ["cancel_order"])
    let ended = cancelled(.makerPartial) { protection in
      protection.orderListID = nil
      protection.takeProfit = nil
      protection.stop?.status = .filled
    }
    #expect(ended == Plan())
  }

  @Test(arguments: [
    (Reason.makerPartial, false), (.stopFailed, false), (.watchedTakeProfit, false), (.orphan, true), (.flatten, true),
  ])
  func `where orders may only be cancelled, a leg goes only when it is not wanted back`(
    reason: Reason, goes: Bool
  ) {
    let plan = cancelled(reason, status: .cancelOnly)
    #expect(plan.actions.isEmpty != goes)
    #expect(plan.heldReasons == (goes ? [] : [.venueClosed]))
  }

  // MARK: - Shrinking

  private func shrunk(to keep: FixedDecimal, _ change: (inout JudgedSymbol) -> Void = { _ in }) -> Plan {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.protect(1, "0.15")
    change(&scene)
    return scene.plan([.excessive(scene.protections[0], keep: keep)])
  }

  @Test func `a leg shrinks in place, and its new size counts what it has executed`() {
    let plan = shrunk(to: "0.1") { $0.protections[0].stop?.executedQuantity = "0.01" }
    guard case .amend(let amendment)? = plan.actions.first?.command else {
      return #expect(Bool(false), "nothing is amended")
    }
    #expect(amendment.newQuantity == "0.11")
    #expect(plan.actions.map(\.quantity) == ["0.1"])
  }

  @Test func `a leg that cannot shrink to a legal size, or not at all, is cancelled`() {
    #expect(shrunk(to: .zero).commands == ["cancel_list"])
    #expect(shrunk(to: "0.00005").commands == ["cancel_list"])
    #expect(shrunk(to: "0.1") { $0.instrument.allowsAmend = false }.commands == ["cancel_list"])
    let refused = shrunk(to: "0.1") { $0.memory.unamendable = [OrderKey(JudgedSymbol.symbol, 900)] }
    #expect(refused.commands == ["cancel_list"])
  }

  @Test func `a leg that is no larger than wanted stays, and one without an order is left alone`() {
    #expect(shrunk(to: "0.15") == Plan())
    let empty = shrunk(to: "0.1") { scene in
      scene.protections[0].stop = nil
      scene.protections[0].takeProfit = nil
    }
    #expect(empty == Plan())
  }

  @Test func `a take-profit alone shrinks too, judged at its limit price`() {
    let plan = shrunk(to: "0.1") { scene in
      scene.protections[0].stop = nil
      scene.protections[0].takeProfit = JudgedSymbol.leg(901, .limitMaker, "0.15")
    }
    #expect(plan.commands == ["amend"])
  }
}
