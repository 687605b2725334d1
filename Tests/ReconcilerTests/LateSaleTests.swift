@testable import Reconciler
import Testing
import Trading
import Venue

/// Which sale closed which lot, whichever was heard of first.
struct LateSaleTests: LedgerSamples {
  @Test func `what an earlier life recorded of an older sale is not what a leg has sold since`() {
    var ledger = ledger(whole(1, "0.1"), whole(2, "0.1", after: 50))
    _ = ledger.close(by: sell("0.1", trade: 4, after: 60), Self.leg(of: 1))
    let recorded = LotClosure(
      lot: JudgedSymbol.id(1), tradeID: 2, quantity: "0.04", reason: .external, profit: .zero)
    let closures = ledger.repeatClosure(recorded, by: sell("0.04", trade: 2, after: 10))
    #expect(ledger.openQuantity(symbol) == "0.06")
    #expect(
      closures.map { "\($0.lot.venueOrderID) \($0.tradeID) \($0.quantity)" }.sorted() == [
        "1 2 0.04", "1 4 0.06", "2 4 0.04",
      ])
  }

  /// What the row of each sale says in the end, by lot and trade.
  private func rows(_ closures: [LotClosure]) -> [String: FixedDecimal] {
    Dictionary(
      closures.map { ("\($0.lot.venueOrderID) by \($0.tradeID)", $0.quantity) }, uniquingKeysWith: { $1 })
  }

  @Test func `a leg's sale that is heard of after a sale by hand leaves that one to the other lots`() {
    var ledger = ledger(whole(1, "0.1"), whole(2, "0.2", after: 60))
    let byHand = ledger.close(by: sell("0.15", at: "60500", trade: 10, after: 100), Self.external)
    #expect(rows(byHand) == ["1 by 10": "0.1", "2 by 10": "0.05"])
    let late = ledger.close(by: sell("0.06", at: "61000", trade: 9, after: 50), Self.leg(of: 1))
    #expect(rows(late) == ["1 by 10": "0.04", "1 by 9": "0.06", "2 by 10": "0.11"])
    #expect(ledger.openQuantity(symbol) == "0.09", "both sales have closed what they sold")
    #expect(ledger[JudgedSymbol.id(1)]?.soldByTranche == [1: "0.06"])
    // 0.04 at 60,500 and 0.06 at 61,000.
    #expect(ledger[JudgedSymbol.id(1)]?.lot.realizedProfit == "80")
    #expect(late.filter { $0.lot == JudgedSymbol.id(1) }.map(\.profit) == ["60", "20"])
    #expect(ledger[JudgedSymbol.id(2)]?.lot.realizedProfit == "55")
  }

  @Test func `of two sales by hand the older one takes what was there at its time, whichever is heard of first`() {
    var ledger = ledger(whole(1, "0.1"), whole(2, "0.1", after: 60))
    _ = ledger.close(by: sell("0.1", trade: 10, after: 100), Self.external)
    let late = ledger.close(by: sell("0.1", trade: 9, after: 50), Self.external)
    #expect(rows(late) == ["1 by 10": "0", "1 by 9": "0.1", "2 by 10": "0.1"])
    #expect(ledger.openQuantity(symbol).isZero)
  }

  @Test func `a leg's sale that is heard of after younger ones closes what those left of the purchases before them`() {
    var ledger = ledger(account(1, [buy(1, "0.1", trade: 1), buy(1, "0.06", trade: 5, after: 50)]))
    _ = ledger.close(by: sell("0.05", trade: 6, after: 51), Self.leg(of: 1))
    _ = ledger.close(by: sell("0.06", trade: 7, after: 52), Self.leg(of: 1))
    let late = ledger.close(by: sell("0.05", trade: 4, after: 40), Self.leg(of: 1))
    #expect(rows(late) == ["1 by 4": "0.05"])
    #expect(ledger.openQuantity(symbol).isZero)
    // Of 0.1 that was there 0.05 was sold by then: the rest of 0.08 was of something else.
    var older = self.ledger(account(1, [buy(1, "0.1", trade: 1), buy(1, "0.06", trade: 5, after: 50)]))
    _ = older.close(by: sell("0.05", trade: 3, after: 30), Self.leg(of: 1))
    _ = older.close(by: sell("0.02", trade: 7, after: 52), Self.leg(of: 1))
    #expect(rows(older.close(by: sell("0.08", trade: 4, after: 40), Self.leg(of: 1))) == ["1 by 4": "0.05"])
  }

  @Test func `what a leg sold after somebody had sold its lot is of the next lot, whichever is heard of first`() {
    let sales = [
      (sell("0.1", trade: 9, after: 50), Self.external), (sell("0.06", trade: 10, after: 100), Self.leg(of: 1)),
    ]
    for heard in [sales, sales.reversed()] {
      var ledger = ledger(whole(1, "0.1"), whole(2, "0.1", after: 60))
      for (sale, attribution) in heard { _ = ledger.close(by: sale, attribution) }
      #expect(ledger[JudgedSymbol.id(1)]?.lot.openQuantity == .zero)
      #expect(ledger[JudgedSymbol.id(2)]?.lot.openQuantity == "0.04")
    }
  }

  @Test func `a leg of a closed lot sells nothing of a lot bought after it, though the millisecond is the same`() {
    var ledger = ledger(whole(1, "0.1"))
    _ = ledger.close(by: sell("0.1", trade: 7, after: 50), Self.external)
    _ = ledger.close(by: sell("0.1", trade: 8, after: 60), Self.leg(of: 1))
    // The order is heard of before its fill, and is as old as the sale.
    let purchase = buy(2, "0.1", trade: 9, after: 60)
    var bought = account(2, [], filled: "0.1")
    bought.lot.openedAt = purchase.venueTime
    ledger.pullBack(symbol, since: TradeMoment(startOf: purchase.venueTime))
    ledger.put(bought)
    _ = ledger.settle(symbol)
    _ = ledger.book(entry: purchase, isWitnessed: true)
    _ = ledger.settle(symbol)
    #expect(ledger[JudgedSymbol.id(2)]?.lot.openQuantity == "0.1")
  }

  @Test func `a sale between two purchases of a lot takes the first of them, whichever sale is heard of first`() {
    let sales = [
      (sell("0.5", trade: 9, after: 50), Self.external), (sell("0.1", trade: 10, after: 100), Self.leg(of: 1)),
    ]
    for heard in [sales, sales.reversed()] {
      var pieces = account(1, [buy(1, "0.1", trade: 1), buy(1, "0.02", trade: 5, after: 60)])
      pieces.lot.entryIsOpen = false
      var ledger = ledger(pieces, whole(2, "0.1", after: 70))
      for (sale, attribution) in heard { _ = ledger.close(by: sale, attribution) }
      #expect(ledger[JudgedSymbol.id(1)]?.lot.openQuantity == .zero)
      #expect(ledger[JudgedSymbol.id(2)]?.lot.openQuantity == "0.02")
    }
  }

  @Test func `an older sale takes no place in a lot that was bought after it`() {
    var later = ledger(whole(1, "0.1", after: 60))
    _ = later.close(by: sell("0.1", trade: 10, after: 100), Self.external)
    #expect(later.close(by: sell("0.1", trade: 9, after: 50), Self.external).isEmpty)
  }

  @Test func `a sale by hand takes a lot back from a leg when the lot's purchase is heard of at last`() {
    var first = account(1, [], filled: "0.1")
    first.lot.entryIsOpen = false
    var ledger = ledger(first)
    _ = ledger.close(by: sell("0.1", trade: 8, after: 60), Self.external)
    ledger.put(whole(3, "0.1", after: 80))
    _ = ledger.close(by: sell("0.1", trade: 9, after: 90), Self.leg(of: 1))
    #expect(ledger[JudgedSymbol.id(1)]?.lot.openQuantity.isZero == true)
    _ = ledger.book(entry: buy(1, "0.1", trade: 1), isWitnessed: false)
    let rows = self.rows(ledger.settle(symbol)).filter { $0.value.isPositive }
    #expect(rows == ["1 by 8": "0.1", "3 by 9": "0.1"])
    #expect(ledger.openQuantity(symbol).isZero)
  }

  @Test func `40 older sales heard of together move each of 60 younger ones once, not 40 times`() {
    var ledger = Ledger()
    for order in 1...60 { ledger.put(whole(Int64(order), "0.1")) }
    for sale in 1...60 {
      _ = ledger.close(by: sell("0.1", trade: Int64(200 + sale), after: Int64(200 + sale)), Self.external)
    }
    ledger.defersClosing = true
    for sale in 1...40 {
      _ = ledger.close(by: sell("0.1", trade: Int64(100 + sale), after: Int64(100 + sale)), Self.external)
    }
    ledger.defersClosing = false
    let rows = ledger.settle(symbol)
    #expect(rows.count == 120, "for each lot the sale that leaves it and the one that takes its place")
    #expect(ledger.openQuantity(symbol).isZero)
    let kept = self.rows(rows).filter { $0.value.isPositive }.keys.sorted()
    #expect(kept.count == 60, "each lot was sold once")
    #expect((1...40).allSatisfy { sale in kept.contains { $0.hasSuffix(" by \(100 + sale)") } })
  }

  @Test func `a sale that closes a lot in two goes has one row with both parts`() {
    var ledger = ledger(account(1, [buy(1, "0.02", trade: 1)]))
    _ = ledger.close(by: sell("0.05", trade: 9), Self.external)
    _ = ledger.book(entry: buy(1, "0.04", trade: 2), isWitnessed: true)
    let rest = ledger.settle(symbol)
    #expect(rest.map(\.quantity) == ["0.05"])
    #expect(rest.map(\.profit) == ["50"])
    #expect(ledger.openQuantity(symbol) == "0.01")
  }

  // MARK: - Whatever order

  private enum Fact {
    case bought(Fill)
    case sold(Fill, Ledger.SaleAttribution)
  }

  /// Three lots, one of them bought in pieces, and sales by legs and by hand in between.
  private var facts: [Fact] {
    [
      .bought(buy(1, "0.1", trade: 1, after: 1, fee: "6", in: "USDT")),
      .bought(buy(1, "0.05", at: "60500", trade: 4, after: 40)),
      .bought(buy(2, "0.1", at: "61000", trade: 2, after: 20, fee: "0.0001", in: "BTC")),
      .bought(buy(3, "0.2", at: "59000", trade: 7, after: 70)),
      .sold(sell("0.03", trade: 3, after: 30), Self.external),
      .sold(sell("0.1", at: "62000", trade: 5, after: 50, fee: "3", in: "USDT"), Self.leg(of: 1)),
      .sold(sell("0.06", trade: 6, after: 60), Self.external),
      .sold(sell("0.09", at: "58000", trade: 8, after: 80), Self.leg(of: 2)),
      .sold(sell("0.02", trade: 9, after: 90), Self.leg(of: 1, tranche: 2)),
    ]
  }

  private func hear(_ facts: [Fact], together: Bool) -> Ledger {
    var ledger = ledger(account(1, []), account(2, []), account(3, []))
    ledger.defersClosing = together
    for fact in facts {
      switch fact {
      case .bought(let fill): _ = ledger.book(entry: fill, isWitnessed: true)
      case .sold(let fill, let attribution): _ = ledger.close(by: fill, attribution)
      }
      _ = ledger.settle(symbol)
    }
    ledger.defersClosing = false
    _ = ledger.settle(symbol)
    return ledger
  }

  private func state(_ ledger: Ledger) -> [String] {
    (1...3).compactMap { ledger[JudgedSymbol.id($0)] }.flatMap { account -> [String] in
      let lot = account.lot
      let closings = account.closings.map { "\($0.fill.tradeID): \($0.quantity), \($0.profit)" }
      let tranches = account.soldByTranche.filter(\.value.isPositive).sorted { $0.key < $1.key }.map { "\($0)" }
      return ["lot \(lot.id.venueOrderID) \(lot.openQuantity) \(lot.realizedProfit)"] + closings + tranches
    }
  }

  @Test func `4 purchases and 5 sales close the same lots for the same profit in 2,000 orders of hearing`() {
    let inTime = state(hear(facts, together: false))
    #expect(inTime.first == "lot 1 0 216")
    var random = Shuffle(state: 7)
    for round in 0..<2000 {
      let heard = facts.shuffled(using: &random)
      #expect(state(hear(heard, together: round % 2 == 0)) == inTime)
    }
  }

  @Test func `rows that are told of along the way end as the lots do`() {
    var random = Shuffle(state: 11)
    for _ in 0..<200 {
      var ledger = ledger(account(1, []), account(2, []), account(3, []))
      var told: [String: FixedDecimal] = [:]
      for fact in facts.shuffled(using: &random) {
        var closures: [LotClosure] = []
        switch fact {
        case .bought(let fill): _ = ledger.book(entry: fill, isWitnessed: true)
        case .sold(let fill, let attribution): closures = ledger.close(by: fill, attribution)
        }
        for row in closures + ledger.settle(symbol) { told["\(row.lot.venueOrderID) by \(row.tradeID)"] = row.quantity }
      }
      var held: [String: FixedDecimal] = [:]
      for id in 1...3 as ClosedRange<Int64> {
        for closing in ledger[JudgedSymbol.id(id)]?.closings ?? [] {
          held["\(id) by \(closing.fill.tradeID)"] = closing.quantity
        }
      }
      #expect(told.filter(\.value.isPositive) == held)
    }
  }

  // MARK: - What earlier lives recorded

  @Test func `what a sale closed of a lot that this life does not know it closes of no other`() {
    var ledger = ledger(whole(1, "0.1"))
    _ = ledger.close(by: sell("0.06", trade: 9, after: 50), Self.external)
    ledger.takeOff(
      LotClosure(lot: JudgedSymbol.id(7), tradeID: 9, quantity: "0.05", reason: .external, profit: .zero),
      by: sell("0.06", trade: 9, after: 50))
    #expect(rows(ledger.settle(symbol)) == ["1 by 9": "0.01"])
    #expect(ledger.openQuantity(symbol) == "0.09")
    ledger.takeOff(
      LotClosure(lot: JudgedSymbol.id(7), tradeID: 12, quantity: "0.05", reason: .external, profit: .zero),
      by: sell("0.05", trade: 12, after: 40))
    #expect(ledger.settle(symbol).isEmpty, "a sale that nobody has heard of")
  }

  @Test func `a sale closes the lot that it is recorded to have closed, not the oldest`() {
    var ledger = ledger(whole(1, "0.1"), whole(2, "0.1", after: 10))
    _ = ledger.close(by: sell("0.06", trade: 9, after: 50), Self.external)
    ledger.confirm(
      LotClosure(lot: JudgedSymbol.id(2), tradeID: 9, quantity: "0.04", reason: .external, profit: .zero),
      by: sell("0.06", trade: 9, after: 50))
    #expect(rows(ledger.settle(symbol)) == ["1 by 9": "0.02", "2 by 9": "0.04"])
    // Something older moves what is recorded only where nothing is left of it.
    _ = ledger.close(by: sell("0.1", trade: 8, after: 40), Self.leg(of: 2))
    #expect(ledger[JudgedSymbol.id(2)]?.closings.map(\.quantity) == ["0.1"])
    #expect(ledger[JudgedSymbol.id(1)]?.closings.map(\.quantity) == ["0.06"])
  }

  @Test func `a lot closed with a rest of 0.0009 is closed as before when an older sale leaves it as it was`() {
    var ledger = ledger(whole(1, "0.1"), whole(2, "0.1", after: 10))
    _ = ledger.close(by: sell("0.0991", trade: 9, after: 50), Self.leg(of: 1))
    _ = ledger.update(JudgedSymbol.id(1)) { $0.lot.closedAt = opened + .seconds(60) }
    let rows = rows(ledger.close(by: sell("0.05", trade: 8, after: 40), Self.leg(of: 2)))
    #expect(rows == ["2 by 8": "0.05"])
    #expect(ledger[JudgedSymbol.id(1)]?.lot.closedAt == opened + .seconds(60))
    #expect(ledger.open(symbol).map(\.lot.openQuantity) == ["0.05"])
  }
}

/// A generator that gives the same row each time (SplitMix64).
private struct Shuffle: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
