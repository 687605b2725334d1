@testable import Reconciler
import Testing
import Trading
import Venue

/// Lots and what closes them: attribution, first in first out, exact profit, and what is forgotten.
struct LedgerTests: LedgerSamples {
  // MARK: - Closing

  @Test func `whoever sells next sells the rest of 0.0009 first that was closed as dust`() {
    var ledger = ledger(account(1, [buy(1, "0.02", trade: 1)]), account(2, [buy(2, "0.02", trade: 2)]))
    _ = ledger.close(by: sell("0.0191", trade: 8), Self.leg(of: 1))
    _ = ledger.update(JudgedSymbol.id(1)) { $0.lot.closedAt = opened + .seconds(100) }
    #expect(ledger.open(symbol).map(\.lot.openQuantity) == ["0.02"])
    _ = ledger.close(by: sell("0.001", trade: 9, after: 101), Self.external)
    #expect(ledger.open(symbol).map(\.lot.openQuantity) == ["0.0199"])
    _ = ledger.close(by: sell("0.001", trade: 10, after: 102), Self.external)
    #expect(ledger.open(symbol).map(\.lot.openQuantity) == ["0.0189"], "the rest is sold once")
  }

  @Test func `a leg's sale closes its own lot, anybody else's the oldest`() {
    let two = ledger(account(1, [buy(1, "0.1", trade: 1)]), account(2, [buy(2, "0.1", trade: 2)]))
    var own = two
    #expect(own.close(by: sell("0.05", trade: 9), Self.leg(of: 2)).map(\.lot) == [JudgedSymbol.id(2)])
    #expect(own[JudgedSymbol.id(2)]?.soldByTranche == [1: "0.05"])
    var external = two
    let closures = external.close(by: sell("0.15", trade: 9), Self.external)
    #expect(closures.map(\.lot) == [JudgedSymbol.id(1), JudgedSymbol.id(2)])
    #expect(closures.map(\.quantity) == ["0.1", "0.05"])
    #expect(external.openQuantity(symbol) == "0.05")
    #expect(external[JudgedSymbol.id(2)]?.soldByTranche == [:])
  }

  @Test func `a fill beyond what the lot knew of its entry adds its price as well`() {
    var lot = account(1, [buy(1, "0.1", trade: 1)])
    lot.lot.filledQuote = "6000"
    lot.book(entry: buy(1, "0.1", at: "62000", trade: 2, after: 10))
    #expect(lot.lot.filledQuantity == "0.2")
    #expect(lot.lot.averagePrice == "61000")
  }

  @Test func `what a leg sold beyond its lot was not what the entry bought after it`() {
    var first = account(1, [buy(1, "0.1", trade: 1)], filled: "0.1")
    first.lot.entryIsOpen = true
    var ledger = ledger(first)
    _ = ledger.close(by: sell("0.02", trade: 8), Self.external)
    // The leg still stood over the whole 0.1: 0.02 of it were other coins.
    _ = ledger.close(by: sell("0.1", trade: 9), Self.leg(of: 1))
    #expect(ledger.openQuantity(symbol) == .zero)
    // The entry's own figure comes before its fill.
    var grown = JudgedSymbol.leg(1, .limit, "0.2", executed: "0.15")
    (grown.side, grown.updatedAt) = (.buy, opened + .seconds(200))
    _ = ledger.take(entry: grown, source: .stream)
    _ = ledger.settle(symbol)
    #expect(ledger.openQuantity(symbol) == "0.05")
    _ = ledger.book(entry: buy(1, "0.05", trade: 10, after: 200), isWitnessed: true)
    _ = ledger.settle(symbol)
    #expect(ledger.openQuantity(symbol) == "0.05")
  }

  @Test func `what a leg sells beyond its lot comes out of the others, and of no tranche of theirs`() {
    var ledger = ledger(account(1, [buy(1, "0.1", trade: 1)]), account(2, [buy(2, "0.1", trade: 2)]))
    let closures = ledger.close(by: sell("0.13", trade: 9), Self.leg(of: 2))
    #expect(closures.map(\.lot) == [JudgedSymbol.id(2), JudgedSymbol.id(1)])
    #expect(closures.map(\.quantity) == ["0.1", "0.03"])
    #expect(ledger[JudgedSymbol.id(1)]?.soldByTranche == [:])
  }

  @Test func `beyond its lot a leg takes 0.03 of another that no fill tells of yet, a sale by hand does not`() {
    let merged = ledger(whole(1, "0.1"), account(2, [], filled: "0.03"))
    var ledger = merged
    #expect(ledger.close(by: sell("0.13", trade: 9), Self.leg(of: 1)).map(\.quantity) == ["0.1", "0.03"])
    ledger = merged
    #expect(ledger.close(by: sell("0.13", trade: 9), Self.external).map(\.quantity) == ["0.1"])
  }

  @Test func `a sale of a lot that nobody knows falls to the others`() {
    var ledger = ledger(account(1, [buy(1, "0.1", trade: 1)]))
    #expect(ledger.close(by: sell("0.05", trade: 9), Self.leg(of: 7)).map(\.lot) == [JudgedSymbol.id(1)])
  }

  @Test func `a sale takes only what was bought by its time`() {
    var ledger = ledger(account(1, [buy(1, "0.04", trade: 1), buy(1, "0.06", trade: 2, after: 200)]))
    #expect(ledger.close(by: sell("0.1", trade: 9, after: 100), Self.external).map(\.quantity) == ["0.04"])
    var later = Ledger()
    later.put(account(300, [buy(300, "0.1", trade: 1, after: 300)]))
    #expect(later.close(by: sell("0.1", trade: 9, after: 100), Self.external).isEmpty)
  }

  @Test func `within one millisecond the numbers of the trades tell what was bought before a sale`() {
    var before = ledger(account(1, [buy(1, "0.1", trade: 8, after: 100)]))
    #expect(before.close(by: sell("0.1", trade: 9, after: 100), Self.external).map(\.quantity) == ["0.1"])
    var after = ledger(account(1, [buy(1, "0.1", trade: 10, after: 100)]))
    #expect(after.close(by: sell("0.1", trade: 9, after: 100), Self.external).isEmpty)
  }

  @Test func `a sale before its purchase is heard of closes it when it is`() {
    var ledger = ledger(account(1, []))
    #expect(ledger.settle(symbol).isEmpty)
    #expect(ledger.close(by: sell("0.1", trade: 9), Self.external).isEmpty)
    _ = ledger.book(entry: buy(1, "0.1", trade: 1), isWitnessed: true)
    #expect(ledger.settle(symbol).map(\.quantity) == ["0.1"])
    #expect(ledger.settle(symbol).isEmpty)
  }

  @Test func `of sales of what was never a lot the newest 2000 are kept when 4000 have come`() {
    var ledger = ledger(account(1, []))
    for trade in 1...Int64(2 * SaleLog.unmatchedMax) {
      _ = ledger.close(by: sell("0.001", trade: trade), Self.external)
    }
    _ = ledger.book(entry: buy(1, "10", trade: 9000), isWitnessed: true)
    #expect(ledger.settle(symbol).map(\.tradeID) == (2001...4000).map { TradeID($0) })
  }

  // MARK: - Profit

  @Test func `profit is first in first out, less every quote commission, exactly once`() {
    var ledger = ledger(
      account(
        1,
        [
          buy(1, "0.1", at: "60000", trade: 1, fee: "6", in: "USDT"),
          buy(1, "0.1", at: "60500", trade: 2, after: 1, fee: "0.0001", in: "BTC"),
        ]))
    let first = ledger.close(by: sell("0.15", at: "61000", trade: 9, fee: "9", in: "USDT"), Self.external)
    // (61000 − 60000) × 0.1 + (61000 − 60500) × 0.05 − 6 − 0.0001 × 60500 − 9
    #expect(first.map(\.profit) == ["103.95"])
    let second = ledger.close(by: sell("0.02", at: "61000", trade: 10, fee: "1", in: "BNB"), Self.external)
    #expect(second.map(\.profit) == ["10"])
  }

  @Test func `a sale over two lots carries its commission in proportion`() {
    var ledger = ledger(account(1, [buy(1, "0.1", trade: 1)]), account(2, [buy(2, "0.1", trade: 2)]))
    let closures = ledger.close(by: sell("0.15", at: "60000", trade: 9, fee: "9", in: "USDT"), Self.external)
    #expect(closures.map(\.profit) == ["-6", "-3"])
  }

  @Test func `a leg that sells more than the fills show takes the order's average price for the rest`() {
    var ledger = ledger(account(1, [buy(1, "0.04", at: "60000", trade: 1)], filled: "0.1"))
    #expect(ledger.close(by: sell("0.1", at: "61000", trade: 9), Self.leg(of: 1)).map(\.profit) == ["100"])
  }

  // MARK: - Lots

  @Test func `what the fills do not show yet is counted less the assumed fee`() {
    #expect(account(1, [buy(1, "0.1", trade: 1)]).sureQuantity == "0.1")
    #expect(account(1, [], filled: "0.1").sureQuantity == "0.0999")
  }

  @Test func `an older piece that is heard of later is consumed first, and makes the lot older`() {
    var account = account(5, [buy(5, "0.1", at: "61000", trade: 2, after: 5)])
    account.book(entry: buy(5, "0.1", at: "60000", trade: 1, after: 3))
    #expect(account.unconsumed.map(\.price) == ["60000", "61000"])
    #expect(account.lot.openedAt == opened + .seconds(3))
  }

  @Test func `a lot taken for dealt with opens again by the fill that nobody had seen`() {
    var order = JudgedSymbol.leg(1, .market, "0.1", status: .filled, executed: "0.1")
    order.side = .buy
    var account = account(1, [], filled: .zero)
    account.reopen()
    #expect(!account.isAssumedClosed)
    account.assumeClosed(order, isGuess: false)
    #expect(account.isAssumedClosed && account.lot.openQuantity.isZero)
    account.book(entry: buy(1, "0.04", trade: 1))
    #expect(account.lot.openQuantity == "0.04")
    account.reopen()
    #expect(!account.lot.isClosed)
  }

  @Test func `one fill that nobody had seen shows that none of an unrecorded entry was dealt with`() {
    var order = JudgedSymbol.leg(1, .market, "0.1", status: .filled, executed: "0.1")
    order.side = .buy
    var account = account(1, [], filled: .zero)
    account.assumeClosed(order, isGuess: true)
    account.book(entry: buy(1, "0.04", trade: 1))
    #expect(account.lot.openQuantity == "0.1")
  }

  @Test func `a restored lot remembers what was consumed and which commissions were carried`() {
    let entry = [
      buy(1, "0.1", trade: 1, fee: "6", in: "USDT"), buy(1, "0.1", trade: 2, after: 50, fee: "6", in: "USDT"),
    ]
    var lot = account(1, []).lot
    (lot.filledQuantity, lot.closedQuantity) = ("0.2", "0.1")
    var restored = LotAccount(
      restoring: lot, base: "BTC", quote: "USDT", entryFills: entry,
      closings: [
        LotAccount.Closing(
          fill: sell("0.1", trade: 3, after: 20), quantity: "0.1", profit: "94", attribution: Self.leg(of: 1),
          isOwn: true)
      ])
    #expect(restored.unconsumed.map(\.left) == ["0.1"])
    #expect(restored.soldByTranche == [1: "0.1"])
    let closure = restored.close("0.1", by: sell("0.1", at: "60000", trade: 9), Self.external, own: false)
    #expect(closure.profit == "-6", "the second fill's commission; the first was carried by the closure before")
  }

  @Test func `of a row that says less than its closures these are believed`() {
    var lot = account(1, []).lot
    (lot.filledQuantity, lot.closedQuantity) = ("0.2", .zero)
    let closing = LotAccount.Closing(
      fill: sell("0.1", trade: 3, after: 20), quantity: "0.1", profit: "94", attribution: Self.leg(of: 1), isOwn: true)
    let restored = LotAccount(
      restoring: lot, base: "BTC", quote: "USDT", entryFills: [buy(1, "0.2", trade: 1)],
      closings: [closing])
    #expect(restored.lot.openQuantity == "0.1")
    #expect(restored.lot.realizedProfit == "94")
    #expect(restored.unconsumed.map(\.left) == ["0.1"])
  }

  @Test func `a lot that closes keeps its place among the closed, and comes back when it holds something again`() {
    var ledger = ledger(account(1, [buy(1, "0.1", trade: 1)]))
    _ = ledger.update(JudgedSymbol.id(1)) { $0.lot.closedAt = opened }
    #expect(ledger.allOpen.isEmpty && ledger.contains(JudgedSymbol.id(1)) && !ledger.hasOpen(symbol))
    #expect(ledger[JudgedSymbol.id(1)]?.lot.isClosed == true)
    _ = ledger.update(JudgedSymbol.id(1)) { $0.lot.closedAt = nil }
    #expect(ledger.openSymbols == [symbol])
    let nobody: Void? = ledger.update(JudgedSymbol.id(9)) { $0.lot.closedAt = opened }
    #expect(nobody == nil)
    #expect(ledger[JudgedSymbol.id(9)] == nil)
  }

  @Test func `a closed lot that changes and stays closed keeps its change`() {
    var ledger = ledger(account(1, [buy(1, "0.1", trade: 1)]))
    _ = ledger.update(JudgedSymbol.id(1)) { $0.lot.closedAt = opened }
    _ = ledger.update(JudgedSymbol.id(1)) { $0.lot.closeReason = .dust }
    #expect(ledger[JudgedSymbol.id(1)]?.lot.closeReason == .dust)
    #expect(ledger.allOpen.isEmpty)
  }

  @Test func `a lot that turns out older takes its place in the row`() {
    var ledger = ledger(account(1, []), account(2, []), account(3, []))
    ledger.put(account(2, []))
    #expect(ledger.open(symbol).map(\.lot.id.venueOrderID) == [1, 2, 3])
    _ = ledger.update(JudgedSymbol.id(3)) { $0.lot.openedAt = opened }
    #expect(ledger.open(symbol).map(\.lot.id.venueOrderID) == [3, 1, 2])
    var sameAge = account(2, [])
    sameAge.lot.openedAt = opened
    ledger.put(sameAge)
    #expect(ledger.open(symbol).map(\.lot.id.venueOrderID) == [2, 3, 1], "of one age the ids decide")
  }

  // MARK: - What is forgotten

  @Test func `of 2,001 closed lots the oldest is forgotten with its fills`() {
    var ledger = Ledger()
    ledger.remember(buy(1, "0.1", trade: 1))
    for number in 1...Int64(Ledger.closedLotsMax + 1) {
      var account = account(number, [])
      account.lot.closedAt = opened
      ledger.put(account)
    }
    #expect(!ledger.contains(JudgedSymbol.id(1)))
    #expect(ledger.filled(JudgedSymbol.id(1)).quantity.isZero)
    #expect(ledger.contains(JudgedSymbol.id(2)))
  }

  @Test func `of 20,001 trades the older half is remembered by its last number alone`() {
    var ledger = Ledger()
    let count = Int64(TradeLog.tradesRememberedMax + 1)
    for trade in 1...count { ledger.remember(buy(1, "0.00001", trade: trade)) }
    #expect(ledger.hasSeen(1, of: symbol) && ledger.hasSeen(TradeID(count), of: symbol))
    #expect(!ledger.hasSeen(TradeID(count + 1), of: symbol))
    #expect(!ledger.hasSeen(1, of: "ETHUSDT"))
    #expect(ledger.filled(JudgedSymbol.id(1)).quantity == FixedDecimal(Int(count)) * "0.00001")
  }

  @Test func `what an order had executed when it was first seen counts as known`() {
    var ledger = Ledger()
    ledger.assumeBooked(JudgedSymbol.leg(5, .market, "0.1", status: .filled, executed: "0.07"))
    #expect(ledger.filled(JudgedSymbol.id(5)).quantity == "0.07")
  }
}
