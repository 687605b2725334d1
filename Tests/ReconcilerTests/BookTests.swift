@testable import Reconciler
import Testing
import Trading
import Venue

/// The book of orders: monotone merge, its indexes, and what it forgets.
struct BookTests {
  private let now = Instant(nanoseconds: 0)

  private func order(
    _ number: Int64, _ status: OrderStatus = .new, type: OrderType = .stopLoss, list: OrderListID? = nil,
    executed: FixedDecimal = .zero, id: ClientOrderID? = nil, isWorking: Bool = false
  ) -> Order {
    var order = JudgedSymbol.leg(
      number, type, "0.1", list: list, status: status, executed: executed, isWorking: isWorking)
    if let id { order.clientOrderID = id }
    return order
  }

  private func book(_ orders: Order...) -> Book {
    var book = Book()
    for order in orders { _ = book.apply(order, at: now) }
    return book
  }

  @Test func `a first report is news, an equal one is not, a newer one is`() {
    var book = Book()
    #expect(book.apply(order(1), at: now).isFirst)
    let again = book.apply(order(1), at: now + .seconds(1))
    #expect(again.news == nil && !again.isFirst)
    #expect(book.lastHeard(of: order(1).key) == now + .seconds(1))
    let filled = book.apply(order(1, .filled, executed: "0.1"), at: now)
    #expect(!filled.isFirst && filled.news?.status == .filled)
    #expect(book.apply(order(1, .new), at: now).news == nil, "a terminal status wins")
  }

  @Test func `open orders stand by their venue ids, whatever the order of arrival`() {
    var book = book(order(5), order(3), order(9), order(4))
    #expect(book.open(JudgedSymbol.symbol).map(\.venueOrderID) == [3, 4, 5, 9])
    #expect(book.openSymbols.flatMap(book.open).count == 4)
    _ = book.apply(order(4, .canceled), at: now)
    _ = book.apply(order(5, .partiallyFilled, executed: "0.05"), at: now)
    #expect(book.open(JudgedSymbol.symbol).map(\.venueOrderID) == [3, 5, 9])
    #expect(book.open(JudgedSymbol.symbol)[1].executedQuantity == "0.05")
    #expect(book.orders { !$0.isOpen }.map(\.venueOrderID) == [4])
    #expect(book.open("ETHUSDT").isEmpty)
    for number in [3, 5, 9] as [Int64] { _ = book.apply(order(number, .canceled), at: now) }
    #expect(book.openSymbols.isEmpty)
  }

  @Test func `of two orders of one name the younger one has it, whichever is heard of first`() {
    #expect(book(order(3, id: "a"), order(8, id: "a")).order("a")?.venueOrderID == 8)
    #expect(book(order(8, id: "a"), order(3, id: "a")).order("a")?.venueOrderID == 8)
  }

  @Test func `an amended order is found by its new client id, and a list learned late is known`() {
    var book = book(order(1, id: "a"))
    var amended = order(1, id: "b")
    amended.quantity = "0.05"
    amended.updatedAt = amended.updatedAt + .seconds(1)
    amended.orderListID = 77
    _ = book.apply(amended, at: now)
    #expect(book.order("b")?.quantity == "0.05")
    _ = book.apply(order(2, .filled, type: .takeProfit, list: 77, executed: "0.1"), at: now)
    #expect(book[amended.key].map(book.isSuperseded) == true)
  }

  // MARK: - Siblings

  /// The sibling, and whether its end supersedes the stop (`nil`: no end is known).
  @Test(arguments: [
    (OrderStatus.new, FixedDecimal.zero, false, nil as Bool?),
    (.new, .zero, true, true),  // triggered
    (.partiallyFilled, "0.01", false, true),
    (.filled, "0.1", false, true),
    (.canceled, .zero, false, false),
    (.canceled, "0.01", false, true),
    (.expired, .zero, false, false),
  ])
  func `a stop whose take-profit has executed is superseded`(
    status: OrderStatus, executed: FixedDecimal, isWorking: Bool, supersedes: Bool?
  ) {
    let stop = order(1, list: 7)
    let book = book(stop, order(2, status, type: .takeProfit, list: 7, executed: executed, isWorking: isWorking))
    #expect(book.siblingEnd(of: stop)?.hasExecuted == supersedes)
    #expect(book.isSuperseded(stop) == (supersedes ?? false))
    #expect(book.live(JudgedSymbol.symbol).contains(stop) == (supersedes != true))
  }

  @Test func `only an open SELL stop in a list has a sibling's end`() {
    let done = order(2, .filled, type: .takeProfit, list: 7, executed: "0.1")
    var buy = order(1, list: 7)
    buy.side = .buy
    var buyer = done
    buyer.side = .buy
    #expect(book(order(1, .canceled, list: 7), done).siblingEnd(of: order(1, .canceled, list: 7)) == nil)
    #expect(book(buy, done).siblingEnd(of: buy) == nil)
    #expect(book(order(1, type: .limit, list: 7), done).siblingEnd(of: order(1, type: .limit, list: 7)) == nil)
    #expect(book(order(1), done).siblingEnd(of: order(1)) == nil)
    #expect(book(order(1, list: 8), done).siblingEnd(of: order(1, list: 8)) == nil)
    #expect(book(order(1, list: 7), buyer).siblingEnd(of: order(1, list: 7)) == nil)
  }

  @Test func `a report of the stop after its sibling's end is believed`() {
    let stop = order(1, list: 7)
    var book = book(stop, order(2, .canceled, type: .takeProfit, list: 7))
    #expect(book.siblingEnd(of: stop) != nil)
    _ = book.apply(stop, at: now + .milliseconds(1))
    #expect(book.siblingEnd(of: stop) == nil)
  }

  @Test func `an order that the book does not hold has the end that its list's members prove, if any`() {
    let stop = order(1, list: 7)
    #expect(Book().siblingEnd(of: stop) == nil)
    #expect(book(order(2, .canceled, type: .takeProfit, list: 7)).siblingEnd(of: stop)?.hasExecuted == false)
  }

  @Test func `news of an ended order is kept and opens nothing`() {
    var book = book(order(1, .expired))
    var late = order(1, .expired)
    late.expiryReason = "OCO_TRIGGER"
    #expect(book.apply(late, at: now).news != nil)
    #expect(book[late.key]?.expiryReason == "OCO_TRIGGER")
    #expect(book.open(JudgedSymbol.symbol).isEmpty)
  }

  // MARK: - Forgetting

  @Test func `a forgotten order is gone from every index, and its name goes with it only if it is still its own`() {
    var book = book(order(1, id: "a"), order(2, id: "a"))
    book.forget(order(1, id: "a"))
    #expect(book.order("a")?.venueOrderID == 2)
    #expect(book.open(JudgedSymbol.symbol).map(\.venueOrderID) == [2])
    book.forget(order(2, id: "a"))
    #expect(book.order("a") == nil)
    #expect(!book.contains(order(2).key))
  }

  @Test func `beyond 4,096 ended orders the oldest are forgotten, except those that are needed`() {
    var book = Book()
    let count = Int64(Book.terminalOrdersMax)
    for number in 1...count { _ = book.apply(order(number, .canceled, list: OrderListID(number)), at: now) }
    book.forgetOld { _, _ in false }
    #expect(book.contains(order(1).key), "4,096 are kept")
    _ = book.apply(order(count + 1, .canceled), at: now)
    book.forgetOld { key, _ in key.venueOrderID == 2 }
    #expect(!book.contains(order(1).key))
    #expect(book.order("leg1") == nil)
    #expect(book.contains(order(2).key))
    #expect(book.orders { _ in true }.count == Book.terminalOrdersMax / 2 + 1)
    #expect(book.contains(order(count + 1).key))
  }

  @Test func `an order that was forgotten by name already is passed over`() {
    var book = Book()
    for number in 1...Int64(Book.terminalOrdersMax + 1) { _ = book.apply(order(number, .canceled), at: now) }
    book.forget(order(1))
    book.forgetOld { _, _ in false }
    #expect(!book.contains(order(1).key))
    #expect(book.contains(order(Int64(Book.terminalOrdersMax)).key))
  }
}
