@testable import Reconciler
import Testing
import Trading
import Venue

/// Each rule by itself: both sides of every condition that it looks at.
struct RuleTests {
  typealias Change = @Sendable (inout JudgedSymbol) -> Void

  /// One row of a table: what is changed in the standing case, and what the rule must then find.
  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var change: Change
    var finds: [String]

    init(_ name: String, _ finds: [String], _ change: @escaping Change) {
      testDescription = name
      self.change = change
      self.finds = finds
    }
  }

  private func words(_ rule: (SymbolView) -> [Finding], _ row: Row, _ standing: JudgedSymbol) -> [String] {
    var scene = standing
    row.change(&scene)
    return rule(scene.view).map(\.word)
  }

  // MARK: - Uncovered

  private static let clamp = Bracket(stop: .percent("1"), takeProfits: [], onCrossedStop: .clamp)
  private static let alert = Bracket(stop: .percent("1"), takeProfits: [], onCrossedStop: .alert)

  @Test(arguments: [
    Row("a stop stands behind all of it", []) { $0.protect(1, "0.1") },
    Row("nothing stands behind it", ["uncovered 0.1"]) { _ in },
    Row("a part is covered", ["uncovered 0.06"]) { $0.protect(1, "0.04") },
    Row("a market entry still fills", ["held 0.1 entrySettling"]) { scene in
      scene.lots[0].account.lot.entryIsOpen = true
      scene.lots[0].account.settlesAt = scene.now + .milliseconds(1)
    },
    Row("a market entry has had its time", ["uncovered 0.1"]) { scene in
      scene.lots[0].account.lot.entryIsOpen = true
      scene.lots[0].account.settlesAt = scene.now
    },
    Row("a market entry has ended before its time", ["uncovered 0.1"]) { scene in
      scene.lots[0].account.settlesAt = scene.now + .milliseconds(1)
    },
    Row("a limit entry rests", ["uncovered 0.1"]) { $0.lots[0].account.lot.entryIsOpen = true },
    Row("the policy ignores it", ["held 0.1 ignored"]) { $0.lots[0].account.lot.isProtected = false },
    Row("it is being flattened", []) { $0.memory.flattening = [JudgedSymbol.id(1)] },
    Row("its watched take-profit was reached", []) { $0.memory.takingProfit = [JudgedSymbol.id(1): "0.1"] },
    Row("its stop is crossed: the exit rule's", []) { $0.memory.crossed = [JudgedSymbol.id(1)] },
    Row("its stop is crossed and exits are not allowed", ["uncovered 0.1"]) { scene in
      scene.memory.crossed = [JudgedSymbol.id(1)]
      scene.allowsExit = false
    },
    Row("its stop is crossed under alert", ["uncovered 0.1"]) { scene in
      scene.lots = []
      scene.hold(1, "0.1", alert)
      scene.memory.crossed = [JudgedSymbol.id(1)]
    },
    Row("its stop is crossed under clamp, without a price yet", ["held 0.1 stopCrossed"]) { scene in
      scene.lots = []
      scene.hold(1, "0.1", clamp)
      scene.memory.crossed = [JudgedSymbol.id(1)]
    },
    Row("its stop was clamped", ["uncovered 0.1"]) { scene in
      scene.lots = []
      scene.hold(1, "0.1", clamp)
      scene.memory.crossed = [JudgedSymbol.id(1)]
      scene.memory.clampedStops = [JudgedSymbol.id(1): "58000"]
    },
    Row("a take-profit without its stop holds all of it", ["held 0.1 makerPartial"]) { scene in
      scene.protections = [
        Protection(
          name: JudgedSymbol.name(1), takeProfit: JudgedSymbol.leg(901, .limitMaker, "0.1"), stopHasEnded: true)
      ]
    },
    Row("a take-profit without its stop holds a part", ["uncovered 0.1"]) { scene in
      scene.protections = [
        Protection(
          name: JudgedSymbol.name(1), takeProfit: JudgedSymbol.leg(901, .limitMaker, "0.04"), stopHasEnded: true)
      ]
    },
    Row("a foreign stop covers a part", ["uncovered 0.07"]) { $0.foreignStops = "0.03" },
    Row("the wallet lacks a part", ["uncovered 0.08"]) { $0.walletShort = "0.02" },
    Row("a triggered stop sells it", []) { scene in
      scene.protections = [
        Protection(
          name: JudgedSymbol.name(1), stop: JudgedSymbol.leg(901, .stopLoss, "0.1", isWorking: true))
      ]
    },
  ])
  func `what no stop stands behind is uncovered, or held for a reason`(row: Row) {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    #expect(words(Rules.uncoveredRule, row, scene) == row.finds)
  }

  // MARK: - Exit

  @Test(arguments: [
    Row("nothing asks for it", []) { _ in },
    Row("the stop is crossed", ["sell 0.1 stopCrossed"]) { $0.memory.crossed = [JudgedSymbol.id(1)] },
    Row("the stop is crossed and all is covered", []) { scene in
      scene.memory.crossed = [JudgedSymbol.id(1)]
      scene.protect(1, "0.1")
    },
    Row("another lot's stop is crossed", []) { $0.memory.crossed = [JudgedSymbol.id(2)] },
    Row("it is to be flattened and nothing covers it", ["sell 0.1 flatten"]) {
      $0.memory.flattening = [JudgedSymbol.id(1)]
    },
    Row("it is to be flattened and legs hold a part", ["sell 0.06 flatten", "obstructive flatten"]) { scene in
      scene.memory.flattening = [JudgedSymbol.id(1)]
      scene.protect(1, "0.04")
    },
    Row("it is to be flattened and legs hold all", ["obstructive flatten"]) { scene in
      scene.memory.flattening = [JudgedSymbol.id(1)]
      scene.protect(1, "0.1")
    },
    Row("it is to be flattened and a leg is selling already", []) { scene in
      scene.memory.flattening = [JudgedSymbol.id(1)]
      scene.protections = [
        Protection(name: JudgedSymbol.name(1), exit: JudgedSymbol.leg(901, .market, "0.1", isWorking: true))
      ]
    },
    Row("it is to be flattened and a closed lot's leg stands behind it", ["obstructive flatten"]) { scene in
      scene.memory.flattening = [JudgedSymbol.id(1)]
      scene.protect(7, "0.1")
    },
    Row("another lot's legs stay when one is flattened", ["sell 0.1 flatten"]) { scene in
      scene.hold(2, "0.1")
      scene.protect(2, "0.1")
      scene.memory.flattening = [JudgedSymbol.id(1)]
    },
    Row("a leg stands behind two lots that were bought after the one to be flattened", ["sell 0.1 flatten"]) { scene in
      scene.hold(2, "0.1")
      scene.hold(3, "0.05")
      scene.protect(2, "0.15")
      scene.memory.flattening = [JudgedSymbol.id(1)]
    },
    Row("a watched take-profit was reached, and a leg stands behind two later lots", ["sell 0.1 watchedTakeProfit"]) {
      scene in
      scene.hold(2, "0.1")
      scene.hold(3, "0.1")
      scene.protect(2, "0.2")
      scene.memory.takingProfit = [JudgedSymbol.id(1): "0.1"]
    },
    Row("a watched take-profit was reached", ["sell 0.04 watchedTakeProfit"]) {
      $0.memory.takingProfit = [JudgedSymbol.id(1): "0.04"]
    },
    Row("a watched take-profit was reached for more than is free", ["sell 0.02 watchedTakeProfit"]) { scene in
      scene.memory.takingProfit = [JudgedSymbol.id(1): "0.04"]
      scene.protect(1, "0.08")
    },
    Row("a watched take-profit was reached and its stop still stands", []) { scene in
      scene.memory.takingProfit = [JudgedSymbol.id(1): "0.04"]
      scene.protect(1, "0.1")
    },
    Row("a stop of others covers a part and a take-profit of ours blocks the rest", ["obstructive flatten"]) { scene in
      scene.memory.flattening = [JudgedSymbol.id(1)]
      scene.foreignStops = "0.02"
      scene.protections = [
        Protection(
          name: JudgedSymbol.name(1), takeProfit: JudgedSymbol.leg(901, .limitMaker, "0.08"), stopHasEnded: true)
      ]
    },
    Row("a flatten comes after its take-profit was reached", ["sell 0.06 flatten", "obstructive flatten"]) { scene in
      scene.memory.takingProfit = [JudgedSymbol.id(1): "0.04"]
      scene.memory.flattening = [JudgedSymbol.id(1)]
      scene.protect(1, "0.04")
    },
  ])
  func `what is to be sold is sold at market as far as it is free`(row: Row) {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    #expect(words(Rules.exitRule, row, scene) == row.finds)
  }

  // MARK: - Maker take-profit without its stop

  private static func makerScene() -> JudgedSymbol {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.protections = [
      Protection(
        name: JudgedSymbol.name(1), takeProfit: JudgedSymbol.leg(901, .limitMaker, "0.1", executed: "0.02"),
        stopHasEnded: true, stopEndedAt: scene.now)
    ]
    return scene
  }

  @Test(arguments: [
    Row("its take-profit has filled in part", ["obstructive makerPartial"]) { _ in },
    Row("its stop stands", []) { $0.protections[0].stop = JudgedSymbol.leg(900, .stopLoss, "0.1") },
    Row("its stop is not known to have ended", []) { $0.protections[0].stopHasEnded = false },
    Row("it has no take-profit", []) { $0.protections[0].takeProfit = nil },
    Row("its take-profit has ended", []) { $0.protections[0].takeProfit?.status = .filled },
    Row("its take-profit is triggered and sells", []) {
      $0.protections[0].takeProfit = JudgedSymbol.leg(901, .takeProfit, "0.1", isWorking: true)
    },
    Row("99 ms after its stop's end, without a fill", []) { scene in
      scene.protections[0].takeProfit?.executedQuantity = .zero
      scene.protections[0].stopEndedAt = scene.now + .milliseconds(-99)
    },
    Row("100 ms after its stop's end, without a fill", ["obstructive makerPartial"]) { scene in
      scene.protections[0].takeProfit?.executedQuantity = .zero
      scene.protections[0].stopEndedAt = scene.now + .milliseconds(-100)
    },
    Row("without a fill, at an end that nobody saw", ["obstructive makerPartial"]) { scene in
      scene.protections[0].takeProfit?.executedQuantity = .zero
      scene.protections[0].stopEndedAt = nil
    },
    Row("its lot is closed", []) { $0.lots = [] },
    Row("its lot wants no stop", []) { scene in
      scene.lots = []
      scene.hold(1, "0.1", Bracket(stop: nil, takeProfits: [.init(.percent("2"), share: "1")]))
    },
  ])
  func `a resting take-profit that lost its stop stands in the way`(row: Row) {
    #expect(words(Rules.makerPartialRule, row, Self.makerScene()) == row.finds)
  }

  // MARK: - Stuck triggers

  @Test(arguments: [
    Row("triggered a second ago", ["obstructive stopFailed"]) { scene in
      scene.memory.triggeredAt = [OrderKey(JudgedSymbol.symbol, 901): scene.now + .milliseconds(-1000)]
    },
    Row("triggered 999 ms ago", []) { scene in
      scene.memory.triggeredAt = [OrderKey(JudgedSymbol.symbol, 901): scene.now + .milliseconds(-999)]
    },
    Row("triggered at a moment that nobody noted", []) { _ in },
    Row("noted, and not triggered any more", []) { scene in
      scene.memory.triggeredAt = [OrderKey(JudgedSymbol.symbol, 901): scene.now + .seconds(-9)]
      scene.protections[0].stop?.isWorking = false
    },
  ])
  func `a triggered stop that does not fill for a second protects nothing`(row: Row) {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.protections = [
      Protection(name: JudgedSymbol.name(1), stop: JudgedSymbol.leg(901, .stopLossLimit, "0.1", isWorking: true))
    ]
    #expect(words(Rules.stuckTriggerRule, row, scene) == row.finds)
  }

  // MARK: - Watched take-profits

  @Test(arguments: [
    Row("the price has reached it", ["obstructive watchedTakeProfit"]) { $0.lastPrice = $0.price("61200") },
    Row("the price is one tick below", []) { $0.lastPrice = $0.price("61199.99") },
    Row("no price is known", []) { _ in },
    Row("the price is 5 s old", ["obstructive watchedTakeProfit"]) {
      $0.lastPrice = $0.price("61200", ago: .seconds(5))
    },
    Row("the price is older than 5 s", []) { $0.lastPrice = $0.price("61200", ago: .milliseconds(5001)) },
    Row("its take-profit rests at the venue", []) { scene in
      scene.lastPrice = scene.price("61200")
      scene.protections[0].takeProfit = JudgedSymbol.leg(902, .takeProfit, "0.1")
    },
    Row("its stop has ended", []) { scene in
      scene.lastPrice = scene.price("61200")
      scene.protections[0].stop?.status = .filled
    },
    Row("it has no stop", []) { scene in
      scene.lastPrice = scene.price("61200")
      scene.protections[0].stop = nil
    },
    Row("its stop sells already", []) { scene in
      scene.lastPrice = scene.price("61200")
      scene.protections[0].stop?.isWorking = true
    },
    Row("its lot is closed", []) { scene in
      scene.lastPrice = scene.price("61200")
      scene.lots = []
    },
    Row("its bracket has no take-profit", []) { scene in
      scene.lastPrice = scene.price("61200")
      scene.lots = []
      scene.hold(1, "0.1", JudgedSymbol.stopBracket)
    },
    Row("a merged stop of tranche 0 watches the first take-profit", ["obstructive watchedTakeProfit"]) { scene in
      scene.lastPrice = scene.price("61200")
      scene.protections[0].name.tranche = 0
    },
    Row("a tranche beyond the bracket watches its last take-profit", ["obstructive watchedTakeProfit"]) { scene in
      scene.lastPrice = scene.price("61200")
      scene.protections[0].name.tranche = 4
    },
  ])
  func `a stop without its take-profit makes room when the price reaches that`(row: Row) {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.protect(1, "0.1", takeProfit: nil)
    #expect(words(Rules.watchedTakeProfitRule, row, scene) == row.finds)
  }

  @Test(arguments: [
    Row("a stop alone, with a take-profit in its bracket", ["watches"]) { _ in },
    Row("a whole pair", []) { $0.protections[0].takeProfit = JudgedSymbol.leg(902, .takeProfit, "0.1") },
    Row("a stop that has ended", []) { $0.protections[0].stop?.status = .filled },
    Row("a stop whose lot is closed", []) { $0.lots = [] },
    Row("a bracket without a take-profit", []) { scene in
      scene.lots = []
      scene.hold(1, "0.1", JudgedSymbol.stopBracket)
    },
    Row("a crossed stop", ["watches"]) { scene in
      scene.protections = []
      scene.memory.crossed = [JudgedSymbol.id(1)]
    },
    Row("a crossed stop of a lot that is gone", []) { scene in
      scene.protections = []
      scene.memory.crossed = [JudgedSymbol.id(7)]
    },
    Row("a lot that is to be flattened and is covered yet", []) { scene in
      scene.protections = []
      scene.protect(1, "0.1")
      scene.memory.flattening = [JudgedSymbol.id(1)]
    },
    Row("a lot that is to be flattened and was not sold", ["watches"]) { scene in
      scene.protections = []
      scene.memory.flattening = [JudgedSymbol.id(1)]
    },
    Row("a lot that is to be flattened, behind somebody else's stop", ["watches"]) { scene in
      scene.protections = []
      scene.foreignStops = "0.1"
      scene.memory.flattening = [JudgedSymbol.id(1)]
    },
    Row("a clamped stop", ["watches"]) { scene in
      scene.protections = []
      scene.memory.clampedStops = [JudgedSymbol.id(1): "58000"]
    },
  ])
  func `prices are sampled while a rule waits for one`(row: Row) {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.protect(1, "0.1", takeProfit: nil)
    row.change(&scene)
    #expect(scene.view.watchesPrice == !row.finds.isEmpty)
  }

  // MARK: - Excess and orphans

  @Test(arguments: [
    Row("legs cover what is held", []) { $0.protect(1, "0.1") },
    Row("legs cover more", ["keep 0.1"]) { $0.protect(1, "0.15") },
    Row("two legs cover more: the newest is cut, the oldest stays", ["keep 0.04"]) { scene in
      scene.protect(1, "0.06")
      scene.protect(1, "0.06", tranche: 2, order: 910)
    },
    Row("two legs cover far more: the newest goes, the oldest is cut", ["keep 0", "keep 0.1"]) { scene in
      scene.protect(1, "0.12")
      scene.protect(1, "0.06", tranche: 2, order: 910)
    },
    Row("nothing is cut for a leg that sells: it may hang", []) { scene in
      scene.protect(1, "0.1")
      scene.protections.append(
        Protection(
          name: JudgedSymbol.name(1, tranche: 2), exit: JudgedSymbol.leg(920, .market, "0.05", isWorking: true)))
    },
    Row("a leg that sells is left to finish, another that covers more than all is cut", ["keep 0.1"]) { scene in
      scene.protect(1, "0.12")
      scene.protections.append(
        Protection(
          name: JudgedSymbol.name(1, tranche: 2), exit: JudgedSymbol.leg(920, .market, "0.05", isWorking: true)))
    },
    Row("a take-profit alone covers nothing, so nothing is cut", []) { scene in
      scene.protect(1, "0.1")
      scene.protections.append(
        Protection(name: JudgedSymbol.name(1, tranche: 2), takeProfit: JudgedSymbol.leg(920, .limitMaker, "0.05")))
    },
    Row("a take-profit alone is passed over, and the leg before it is cut", ["keep 0.1"]) { scene in
      scene.protect(1, "0.15")
      scene.protections.append(
        Protection(name: JudgedSymbol.name(1, tranche: 2), takeProfit: JudgedSymbol.leg(920, .limitMaker, "0.05")))
    },
    Row("an orphan leaves whole, by its own rule", []) { scene in
      scene.protect(1, "0.1")
      scene.protect(7, "0.05", order: 910)
    },
    Row("a merged leg of a closed lot that is still needed in part is cut", ["keep 0.02"]) { scene in
      scene.protect(1, "0.08")
      scene.protect(7, "0.05", order: 910)
    },
    Row("so it is when it has stood longer", ["keep 0.02"]) { scene in
      scene.protect(7, "0.05", order: 890)
      scene.protect(1, "0.08")
    },
  ])
  func `cover beyond what the lots hold is cut, the newest first`(row: Row) {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    #expect(words(Rules.excessRule, row, scene) == row.finds)
  }

  @Test(arguments: [
    Row("nothing protects", []) { _ in },
    Row("the leg's lot is open", []) { $0.protect(1, "0.1") },
    Row("the leg's lot is closed", ["orphaned"]) { scene in
      scene.protect(1, "0.1")
      scene.protect(7, "0.05", order: 910)
    },
    Row("the leg's lot is closed and it sells already", []) { scene in
      scene.protect(1, "0.1")
      scene.protections.append(
        Protection(name: JudgedSymbol.name(7), stop: JudgedSymbol.leg(910, .stopLoss, "0.05", isWorking: true)))
    },
    Row("the leg's lot is closed and another lot needs it", []) { $0.protect(7, "0.1", order: 910) },
    Row("of two such legs one is needed: the newest goes", ["orphaned"]) { scene in
      scene.protect(7, "0.1", order: 910)
      scene.protect(8, "0.1", order: 920)
    },
  ])
  func `a leg whose lot is closed is taken down unless others need it`(row: Row) {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    #expect(words(Rules.orphanRule, row, scene) == row.finds)
  }

  @Test func `legs of closed lots leave whole before any other cover is cut`() {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.protect(7, "0.05", order: 890)
    scene.protect(8, "0.03", order: 895)
    scene.protect(1, "0.09")
    // 0.07 too much: the one of 0.03 goes, and of the other, which is needed in part, 0.04.
    #expect(Rules.findings(scene.view).map(\.word) == ["orphaned", "keep 0.01"])
    #expect(scene.plan().reasons == [.orphan, .excess])
  }
}
