@testable import Reconciler
import Testing
import Trading
import Venue

/// How live orders cover lots: pure arithmetic over what the venue reports.
struct CoverageTests {
  // MARK: - What one order counts as

  /// An order's type, status, whether it works, and what it covers of 0.1.
  @Test(arguments: [
    (OrderType.stopLoss, OrderStatus.new, false as Bool?, "0.1" as FixedDecimal),
    (.stopLossLimit, .new, nil, "0.1"),
    (.stopLoss, .partiallyFilled, false, "0.1"),
    (.stopLoss, .new, true, .zero),  // triggered: it sells, it does not stand
    (.stopLoss, .pendingNew, false, .zero),
    (.stopLoss, .unknown("ODD"), false, .zero),
    (.stopLoss, .filled, false, .zero), (.stopLoss, .canceled, false, .zero), (.stopLoss, .rejected, false, .zero),
    (.stopLoss, .expired, false, .zero), (.stopLoss, .expiredInMatch, false, .zero),
    (.takeProfit, .new, false, .zero), (.limit, .new, true, .zero), (.limitMaker, .new, true, .zero),
    (.market, .new, true, .zero), (.unknown("TRAIL"), .new, false, .zero),
  ])
  func `only a resting stop covers`(type: OrderType, status: OrderStatus, isWorking: Bool?, covers: FixedDecimal) {
    var order = JudgedSymbol.leg(900, type, "0.1", status: status)
    order.isWorking = isWorking
    #expect(order.restingStopQuantity == covers)
    order.side = .buy
    #expect(order.restingStopQuantity.isZero, "a BUY stop covers no long position")
  }

  @Test(arguments: [
    (OrderType.market, OrderStatus.new, nil as Bool?, Side.sell, true),
    (.market, .filled, nil, .sell, false),
    (.market, .new, nil, .buy, false),
    (.stopLoss, .new, true, .sell, true),
    (.stopLoss, .new, false, .sell, false),
    (.takeProfit, .new, true, .sell, true),
    (.takeProfit, .new, nil, .sell, false),
    (.limitMaker, .new, true, .sell, false),
    (.limit, .new, true, .sell, false),
  ])
  func `what sells now is a market order or a triggered one`(
    type: OrderType, status: OrderStatus, isWorking: Bool?, side: Side, isExiting: Bool
  ) {
    var order = JudgedSymbol.leg(900, type, "0.1", status: status)
    (order.isWorking, order.side) = (isWorking, side)
    #expect(order.isExiting == isExiting)
    #expect(order.lockedBaseQuantity == (side == .sell ? order.remainingQuantity : .zero))
  }

  @Test func `a protection locks its legs once, counts its conditional orders, and shows what obstructs`() {
    var pair = Protection(
      name: JudgedSymbol.name(1), stop: JudgedSymbol.leg(900, .stopLoss, "0.1", executed: "0.02"),
      takeProfit: JudgedSymbol.leg(901, .takeProfit, "0.1"))
    #expect(pair.lockedQuantity == "0.1")
    #expect(pair.coveredQuantity == "0.08")
    #expect(pair.algoSlots == 2)
    #expect(pair.obstructingQuantity.isZero)
    pair.stop = nil
    #expect(pair.obstructingQuantity.isZero, "nobody said that the stop ended")
    pair.stopHasEnded = true
    #expect(pair.obstructingQuantity == "0.1")
    pair.takeProfit?.isWorking = true
    #expect(pair.obstructingQuantity.isZero)
    #expect(pair.exitingQuantity == "0.1")
    pair.takeProfit = JudgedSymbol.leg(901, .limitMaker, "0.1", status: .filled)
    #expect(pair.obstructingQuantity.isZero)
    #expect(pair.algoSlots == 0)
  }

  @Test func `a take-profit counts for a lot that wants no stop, unless it is pending or sells`() {
    var protection = Protection(name: JudgedSymbol.name(1))
    #expect(protection.restingTakeProfitQuantity.isZero)
    protection.takeProfit = JudgedSymbol.leg(901, .limitMaker, "0.1")
    #expect(protection.restingTakeProfitQuantity == "0.1")
    protection.takeProfit?.status = .pendingNew
    #expect(protection.restingTakeProfitQuantity.isZero)
    protection.takeProfit = JudgedSymbol.leg(901, .takeProfit, "0.1", isWorking: true)
    #expect(protection.restingTakeProfitQuantity.isZero)
  }

  // MARK: - Lots

  /// `covered exiting uncovered obstructed` of each lot.
  private func figures(_ scene: JudgedSymbol) -> [[FixedDecimal]] {
    scene.view.coverage.lots.map { [$0.covered, $0.exiting, $0.uncovered, $0.obstructed] }
  }

  private func twoLots(_ change: (inout JudgedSymbol) -> Void) -> JudgedSymbol {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.hold(2, "0.1")
    change(&scene)
    return scene
  }

  @Test func `a leg covers its own lot, and what it has beyond that the others, the oldest first`() {
    #expect(figures(twoLots { $0.protect(2, "0.1") }) == [[0, 0, "0.1", 0], ["0.1", 0, 0, 0]])
    #expect(figures(twoLots { $0.protect(2, "0.15") }) == [["0.05", 0, "0.05", 0], ["0.1", 0, 0, 0]])
    let more = twoLots { $0.protect(2, "0.25") }
    #expect(figures(more) == [["0.1", 0, 0, 0], ["0.1", 0, 0, 0]])
    #expect(more.view.coverage.excess == "0.05")
    #expect(more.view.coverage.held == "0.2")
    #expect(more.view.coverage.covered == "0.2")
  }

  @Test func `what is on its way out is no excess before it is sold`() {
    // A trigger that hangs (fault OL13) holds 0.1 of 0.2, and a stop over 0.2 stands.
    let hanging = twoLots { scene in
      scene.protect(2, "0.2")
      scene.protect(1, "0.1")
      scene.protections[1].stop?.isWorking = true
    }
    #expect(hanging.view.coverage.lots.map(\.exiting) == ["0.1", 0])
    #expect(hanging.view.coverage.excess.isZero)
    let beyond = twoLots { scene in
      scene.protect(2, "0.25")
      scene.protect(1, "0.1")
      scene.protections[1].stop?.isWorking = true
    }
    #expect(beyond.view.coverage.excess == "0.05")
  }

  @Test func `a leg of a lot that is gone covers the others`() {
    #expect(figures(twoLots { $0.protect(9, "0.05") }) == [["0.05", 0, "0.05", 0], [0, 0, "0.1", 0]])
  }

  @Test func `what is on its way out leaves its own lot first, then the others`() {
    let scene = twoLots { scene in
      scene.protections = [
        Protection(name: JudgedSymbol.name(2), exit: JudgedSymbol.leg(900, .market, "0.13")),
        Protection(name: JudgedSymbol.name(9), exit: JudgedSymbol.leg(901, .market, "0.02")),
      ]
    }
    #expect(figures(scene) == [[0, "0.05", "0.05", 0], [0, "0.1", 0, 0]])
  }

  @Test func `foreign stops cover what own ones leave, and a short wallet takes from the oldest`() {
    let scene = twoLots { scene in
      scene.protect(1, "0.04")
      scene.foreignStops = "0.01"
      scene.walletShort = "0.07"
    }
    #expect(figures(scene) == [["0.05", 0, 0, 0], [0, 0, "0.08", 0]])
    #expect(scene.view.coverage.walletShort == "0.07")
  }

  @Test func `a take-profit that lost its stop obstructs, but not for a lot that wants none`() {
    func alone(_ bracket: Bracket) -> JudgedSymbol {
      var scene = JudgedSymbol()
      scene.hold(1, "0.1", bracket)
      scene.protections = [
        Protection(
          name: JudgedSymbol.name(1), takeProfit: JudgedSymbol.leg(900, .limitMaker, "0.06"), stopHasEnded: true)
      ]
      return scene
    }
    #expect(figures(alone(JudgedSymbol.pairBracket)) == [[0, 0, "0.1", "0.06"]])
    #expect(alone(JudgedSymbol.pairBracket).view.coverage.lots[0].placeable == "0.04")
    let noStop = Bracket(stop: nil, takeProfits: [.init(.percent("2"), share: "1")])
    #expect(figures(alone(noStop)) == [["0.06", 0, "0.04", 0]])
  }

  @Test func `a sum over protected lots leaves out what the policy ignores`() {
    let scene = twoLots { $0.lots[0].account.lot.isProtected = false }
    #expect(scene.view.coverage.protectedSum(\.uncovered) == "0.1")
  }
}
