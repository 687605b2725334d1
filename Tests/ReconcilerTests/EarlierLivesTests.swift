@testable import Reconciler
import Testing
import Trading
import Venue

/// What a mirror that gives back the newest fills only says of the others.
struct EarlierLivesTests: LedgerSamples {
  private func lives(_ fills: [Fill], newest: Int, cursor: TradeID?) -> EarlierLives {
    var state = MirrorState(fills: fills)
    state.newestFillsPerSymbol = newest
    if let cursor { state.tradeCursors[symbol] = cursor }
    var lives = EarlierLives()
    lives.noteOldest(of: state)
    for fill in fills { lives.note(fill) }
    return lives
  }

  private var four: [Fill] { (1...4).map { buy($0, "0.1", trade: $0, after: 10 * $0) } }

  @Test func `of 4 fills of which the mirror gives back the newest 2, trade 2 was dealt with and trade 3 is there`() {
    let lives = lives(four, newest: 2, cursor: 4)
    #expect(four.map(lives.heldBack) == [true, true, false, false])
    #expect(lives.areHeldBack(symbol))
  }

  @Test func `without a cursor behind the newest fills nothing counts as dealt with`() {
    #expect(!lives(four, newest: 2, cursor: nil).areHeldBack(symbol))
    #expect(four.map(lives(four, newest: 2, cursor: nil).heldBack) == [false, false, false, false])
  }

  @Test func `of 6 fills, of which 4 are an open lot's from before the cursor, what lies in between is dealt with`() {
    let given = [1, 2, 3, 4, 8, 9].map { buy($0, "0.1", trade: $0, after: 10 * $0) }
    var state = MirrorState(fills: given, tradeCursors: [symbol: 9])
    (state.newestFillsPerSymbol, state.fillsPerSymbolMax) = (2, 5)
    var lives = EarlierLives()
    lives.noteOldest(of: state)
    #expect(lives.heldBack(buy(6, "0.1", trade: 6)))
    #expect(!lives.heldBack(buy(8, "0.1", trade: 8)))
  }

  @Test func `a mirror that gives back fewer fills than it would holds none back`() {
    #expect(!lives(four, newest: 5, cursor: 4).areHeldBack(symbol))
  }

  @Test func `an order that ended before trade 3 is over, one that was placed before it may have fills held back`() {
    let lives = lives(four, newest: 2, cursor: 4)
    var order = JudgedSymbol.leg(5, .limit, "0.1", status: .filled, executed: "0.1")
    (order.createdAt, order.updatedAt) = (opened + .seconds(5), opened + .seconds(29))
    #expect(lives.sawTheEnd(of: order) && lives.mayHaveHeldBack(fillsOf: order) && lives.knew(order))
    order.updatedAt = opened + .seconds(30)
    #expect(!lives.sawTheEnd(of: order) && lives.mayHaveHeldBack(fillsOf: order) && lives.knew(order))
    (order.createdAt, order.updatedAt) = (opened + .seconds(31), opened + .seconds(41))
    #expect(!lives.mayHaveHeldBack(fillsOf: order) && !lives.knew(order))
  }

  @Test func `what an entry bought is not counted twice when the mirror is read twice`() {
    var lives = EarlierLives()
    #expect(lives.bought(by: JudgedSymbol.id(1)) == nil)
    for _ in 1...2 { lives.noteBought(by: [buy(1, "0.1", trade: 1), buy(1, "0.2", trade: 2)]) }
    #expect(lives.bought(by: JudgedSymbol.id(1)) == "0.3")
  }
}
