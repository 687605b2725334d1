@testable import Reconciler
import Testing
import Trading
import Venue

/// Which form protection takes as slots run out (DESIGN "Slots are a resource"), how a lot is cut into tranches, and
/// when a list is taken down to make room.
struct LayoutTests {
  private static let tranches = Bracket(
    stop: .percent("1"),
    takeProfits: [.init(.percent("1"), share: "0.5"), .init(.percent("2"), share: "0.5")])

  private func scene(_ quantity: FixedDecimal = "0.1", _ bracket: Bracket = LayoutTests.tranches) -> JudgedSymbol {
    var scene = JudgedSymbol()
    scene.hold(1, quantity, bracket)
    return scene
  }

  /// Slots, the forms that are placed, and what was given up.
  struct SlotRow: Sendable {
    var algo: Int
    var lists: Int
    var orders: Int
    var commands: [String]
    var degradation: Reason?
  }

  @Test(arguments: [
    SlotRow(algo: 4, lists: 2, orders: 4, commands: ["place_oco", "place_oco"], degradation: nil),
    SlotRow(algo: 3, lists: 2, orders: 4, commands: ["place_oco", "place_oco"], degradation: .degradedMakerTakeProfit),
    SlotRow(algo: 1, lists: 2, orders: 4, commands: ["place_oco"], degradation: .degradedOneTranche),
    SlotRow(algo: 4, lists: 1, orders: 4, commands: ["place_oco"], degradation: .degradedOneTranche),
    SlotRow(algo: 4, lists: 2, orders: 3, commands: ["place_oco"], degradation: .degradedOneTranche),
    SlotRow(algo: 4, lists: 0, orders: 4, commands: ["place_leg"], degradation: .degradedStopOnly),
    SlotRow(algo: 4, lists: 2, orders: 1, commands: ["place_leg"], degradation: .degradedStopOnly),
    SlotRow(algo: 0, lists: 2, orders: 4, commands: [], degradation: nil),
    SlotRow(algo: 4, lists: 2, orders: 0, commands: [], degradation: nil),
  ])
  func `as slots run out take-profits are given up and never the stop`(row: SlotRow) {
    var scene = scene()
    scene.slots = SymbolView.Slots(algo: row.algo, lists: row.lists, orders: row.orders)
    let plan = scene.plan()
    #expect(plan.commands == row.commands)
    #expect(plan.actions.allSatisfy { $0.degradation == row.degradation })
    #expect(row.commands.isEmpty || plan.actions.reduce(.zero) { $0 + $1.quantity } == FixedDecimal("0.1"))
    #expect(plan.heldReasons == (row.commands.isEmpty ? [.noSlot] : []))
  }

  @Test func `two lots that need one slot are merged under the tighter of their stops`() {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.hold(2, "0.1", Bracket(stop: .price("59500"), takeProfits: [.init(.percent("2"), share: "1")]))
    scene.slots.algo = 1
    guard case .placeOCO(let pair)? = scene.plan().actions.first?.command else {
      return #expect(Bool(false), "no pair is placed")
    }
    #expect((pair.quantity, pair.stop.triggerPrice) == ("0.2", "59500"))
    #expect(scene.plan().actions.map(\.degradation) == [.degradedMergedLots])
  }

  /// What is changed, the type of the take-profit (nil: none), and what counts as given up.
  struct FormRow: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var takeProfit: OrderType?
    var degradation: Reason?
    var change: @Sendable (inout JudgedSymbol) -> Void
  }

  @Test(arguments: [
    FormRow(testDescription: "a pair of triggers", takeProfit: .takeProfit, degradation: nil) { _ in },
    FormRow(testDescription: "the bracket wants a maker", takeProfit: .limitMaker, degradation: nil) { scene in
      scene.lots[0].account.lot.bracket.takeProfitStyle = .maker
    },
    FormRow(testDescription: "it wants a maker, slots or not", takeProfit: .limitMaker, degradation: nil) { scene in
      scene.lots[0].account.lot.bracket.takeProfitStyle = .maker
      scene.slots.algo = 1
    },
    FormRow(testDescription: "it wants a maker and the symbol has none", takeProfit: .takeProfit, degradation: nil) {
      $0.lots[0].account.lot.bracket.takeProfitStyle = .maker
      $0.instrument.orderTypes.removeAll { $0 == .limitMaker }
    },
    FormRow(testDescription: "the symbol has no lists", takeProfit: nil, degradation: .degradedStopOnly) {
      $0.instrument.allowsOCO = false
    },
    FormRow(testDescription: "the pair was refused", takeProfit: nil, degradation: .degradedStopOnly) {
      $0.memory.stopOnly = [JudgedSymbol.id(1)]
    },
    FormRow(testDescription: "the stop is not below it", takeProfit: nil, degradation: .degradedStopOnly) {
      $0.lots[0].account.lot.bracket.stop = .price("61200")
    },
    FormRow(testDescription: "its price is not legal", takeProfit: nil, degradation: nil) {
      $0.instrument.filters.priceMax = "60500"
    },
  ])
  func `a pair takes the form that the bracket wants and the symbol allows`(row: FormRow) {
    var scene = scene("0.1", JudgedSymbol.pairBracket)
    row.change(&scene)
    let plan = scene.plan()
    switch plan.actions.first?.command {
    case .placeOCO(let pair): #expect(pair.takeProfit.type == row.takeProfit)
    case .placeLeg(let leg): #expect(row.takeProfit == nil && leg.terms.type == .stopLoss)
    default: Issue.record("nothing is placed: \(plan)")
    }
    #expect(plan.actions.map(\.degradation) == [row.degradation])
  }

  @Test func `a lot that wants a maker gives up nothing when the other lot's take-profit becomes one`() {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.hold(2, "0.1") { $0.lot.bracket.takeProfitStyle = .maker }
    scene.slots.algo = 2
    let plan = scene.plan()
    #expect(plan.commands == ["place_oco", "place_oco"])
    #expect(plan.actions.map(\.degradation) == [.degradedMakerTakeProfit, nil])
  }

  // MARK: - Tranches

  /// Lot size, what its first tranche has already, and the parts.
  @Test(arguments: [
    ("0.1" as FixedDecimal, nil as FixedDecimal?, [1: "0.05", 2: "0.05"] as [Int: FixedDecimal]),
    ("0.10001", nil, [1: "0.05", 2: "0.05001"]),  // what no step divides goes with the last one
    ("0.00016", nil, [2: "0.00016"]),  // half of it is below the least notional
    ("0.1", "0.05", [2: "0.05"]),
    ("0.1", "0.02", [1: "0.03", 2: "0.05"]),
    ("0.1", "0.07", [2: "0.03"]),  // one tranche has more than its share
  ])
  func `a lot is cut by what each tranche lacks of its share`(
    whole: FixedDecimal, first: FixedDecimal?, parts: [Int: FixedDecimal]
  ) {
    var scene = scene(whole)
    if let first { scene.protect(1, first, tranche: 1) }
    let view = scene.view
    let split = Layout.split(Layout.Need(lot: view.coverage.lots[0], quantity: view.coverage.lots[0].uncovered), view)
    #expect(Dictionary(uniqueKeysWithValues: split.map { ($0.tranche, $0.quantity) }) == parts)
  }

  @Test func `a last tranche too small to be legal joins the one before it`() {
    let bracket = Bracket(
      stop: .percent("1"),
      takeProfits: [.init(.percent("1"), share: "0.9"), .init(.percent("2"), share: "0.1")])
    let view = scene("0.0005", bracket).view
    let split = Layout.split(Layout.Need(lot: view.coverage.lots[0], quantity: "0.0005"), view)
    #expect(split.map(\.quantity) == ["0.0005"])
    #expect(split.map(\.tranche) == [1])
  }

  @Test func `a need that no tranche can hold by itself goes whole to the first that lacks something`() {
    var scene = scene("0.1")
    // 0.00016 in two halves: neither is legal alone.
    scene.protect(1, "0.04992", tranche: 1, order: 900)
    scene.protect(1, "0.04992", tranche: 2, order: 910)
    let view = scene.view
    let split = Layout.split(Layout.Need(lot: view.coverage.lots[0], quantity: "0.00016"), view)
    #expect(split.map(\.quantity).reduce(.zero, +) == "0.00016")
  }

  @Test func `a need that is legal in no tranche stays whole, in the first that lacks something`() {
    var scene = scene("0.1")
    scene.protect(1, "0.05", tranche: 1, order: 900)
    let view = scene.view
    let split = Layout.split(Layout.Need(lot: view.coverage.lots[0], quantity: "0.00001"), view)
    #expect(split.map(\.tranche) == [2])
    #expect(split.map(\.quantity) == ["0.00001"])
  }

  @Test func `what its legs have sold counts as assigned to a tranche`() {
    let scene = scene()
    let fill = Fill(
      symbol: JudgedSymbol.symbol, tradeID: 1, venueOrderID: 900, side: .sell, price: "60600", quantity: "0.05",
      venueTime: JudgedSymbol.openedAt)
    var account = scene.lots[0].account
    let attribution = Ledger.SaleAttribution(lot: JudgedSymbol.id(1), tranche: 1, reason: .takeProfit)
    _ = account.close("0.05", by: fill, attribution, own: true)
    var after = JudgedSymbol()
    after.lots = [(account, account.lot.openQuantity)]
    let view = after.view
    let split = Layout.split(Layout.Need(lot: view.coverage.lots[0], quantity: "0.05"), view)
    #expect(split.map(\.tranche) == [2])
  }

  @Test func `nothing is laid out for nothing`() {
    #expect(Layout.fit([], crumbs: [], slots: scene().slots, view: scene().view) == nil)
  }

  @Test func `levels are given up in one order, each with its reason`() {
    #expect(Layout.Level.allCases == Layout.Level.allCases.sorted())
    #expect(
      Layout.Level.allCases.map(\.reason) == [
        nil, .degradedMakerTakeProfit, .degradedOneTranche, .degradedMergedLots, .degradedStopOnly,
      ])
  }

  // MARK: - Consolidation

  private func full(_ change: (inout JudgedSymbol) -> Void = { _ in }) -> Plan {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.hold(2, "0.1")
    scene.hold(3, "0.1")
    scene.protect(1, "0.1", order: 900)
    scene.protect(2, "0.06", order: 910)
    scene.slots = SymbolView.Slots(algo: 0, lists: 20, orders: 200)
    change(&scene)
    return scene.plan()
  }

  @Test func `without a slot the smallest list whose removal makes room is taken down`() {
    let plan = full()
    #expect(plan.commands == ["cancel_list"])
    #expect(plan.reasons == [.consolidate])
    #expect(plan.actions.map(\.lot) == [JudgedSymbol.id(2)])
  }

  @Test func `no second list falls within 250 ms of the first`() {
    #expect(full { $0.memory.lastConsolidation = $0.now + .milliseconds(-249) }.heldReasons == [.noSlot, .noSlot])
    #expect(full { $0.memory.lastConsolidation = $0.now + .milliseconds(-250) }.reasons == [.consolidate])
  }

  @Test func `a list that sells, covers nothing, or belongs to a closed lot is not taken down`() {
    let none = full { scene in
      scene.protections[0].stop?.isWorking = true
      scene.protections[1].stop = nil
    }
    #expect(none.heldReasons.allSatisfy { $0 == .noSlot })
    #expect(none.actions.isEmpty)
    let orphaned = full { scene in
      scene.protections = []
      scene.protect(9, "0.3", order: 920)
    }
    #expect(!orphaned.reasons.contains(.consolidate))
  }

  @Test func `a list is not taken down when what follows would not fit either`() {
    let plan = full { $0.slots.orders = -4 }
    #expect(plan.actions.isEmpty)
    #expect(plan.heldReasons == [.noSlot, .noSlot])
  }

  @Test func `what one list's fall did not make room for lets no second one fall for 4 s`() {
    let needs: [LotID: FixedDecimal] = [JudgedSymbol.id(2): "0.04", JudgedSymbol.id(3): "0.1"]
    let same = full { _ in }.actions.first?.consolidation
    #expect(same?.lacking == needs)
    let after: (Int64) -> Plan = { milliseconds in
      full { scene in
        scene.memory.consolidated = same
        scene.memory.lastConsolidation = scene.now + .milliseconds(-milliseconds)
      }
    }
    #expect(after(3999).heldReasons == [.noSlot, .noSlot])
    #expect(after(4000).reasons == [.consolidate])
    #expect(after(4000).actions.first?.consolidation?.inVain == 1)
    var other = same
    other?.lacking = [JudgedSymbol.id(3): "0.1"]
    #expect(full { $0.memory.consolidated = other }.reasons == [.consolidate])
  }

  @Test(arguments: [(0, 4), (1, 8), (2, 600), (40, 600)])
  func `what falls in vain falls again after 4 s, after 8 s, and then each 600 s`(inVain: Int, seconds: Int) {
    var same = full { _ in }.actions.first?.consolidation
    same?.inVain = inVain
    #expect(same?.patience == .seconds(seconds))
  }

  @Test func `a list makes room again for what was bought since, though it is as much as the last time`() {
    var before = full { _ in }.actions.first?.consolidation
    before?.held = "0.01"
    #expect(full { $0.memory.consolidated = before }.reasons == [.consolidate])
  }

  @Test func `a list makes room again for as much when another stop has died since, as more is covered than was`() {
    var before = full { _ in }.actions.first?.consolidation
    #expect(before?.covered.isPositive == true)
    before?.covered = .zero
    #expect(full { $0.memory.consolidated = before }.reasons == [.consolidate])
  }

  @Test func `where a limit sank below what stands the smallest lists go one after another, without a pause`() {
    // 4 conditional orders stand where the venue now allows 1.
    let first = full { $0.slots.algo = -3 }
    #expect(first.reasons == [.consolidate])
    #expect(first.actions.map(\.lot) == [JudgedSymbol.id(2)])
    #expect(first.actions.first?.consolidation?.standing == 2)
    let second = full { scene in
      scene.protections.removeLast()
      scene.slots.algo = -1
      scene.memory.consolidated = first.actions.first?.consolidation
      scene.memory.lastConsolidation = scene.now
    }
    #expect(second.reasons == [.consolidate])
    #expect(second.actions.map(\.lot) == [JudgedSymbol.id(1)])
    let last = full { scene in
      scene.protections = []
      scene.slots.algo = 1
    }
    #expect(last.commands == ["place_oco"])
    #expect(last.actions.map(\.quantity) == ["0.3"])
  }

  @Test func `where all lists together make no room none falls`() {
    #expect(full { $0.slots.algo = -4 }.heldReasons == [.noSlot, .noSlot])
  }

  @Test func `a merged list named after a closed lot may fall for the others`() {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.hold(2, "0.1")
    scene.protect(9, "0.1", order: 920)
    scene.slots.algo = 0
    let plan = scene.plan()
    #expect(plan.reasons == [.consolidate])
    #expect(plan.commands == ["cancel_list"])
  }

  @Test func `where orders may only be cancelled no list is taken down to make room`() {
    let plan = full { $0.instrument.status = .cancelOnly }
    #expect(plan.actions.isEmpty)
  }
}
