import PaperVenue
import Trading
import Venue

// What other actors do to orders and balances that is neither an entry nor a sale.
extension World {
  /// A human makes one of our legs smaller. Without a client id of their own choosing the venue gives the order a
  /// random one, and it is ours no longer (OL16).
  mutating func amendLeg(_ open: [PaperOrder]) {
    let own = open.filter { truth.isOwn($0) && $0.awaitsTrigger }
    guard !own.isEmpty else { return }
    let leg = tape.pick(own, about: .actor(.amendLeg))
    guard let quantity = legalPart(leg.remainingQuantity), quantity < leg.remainingQuantity else { return }
    let keepsID = tape.chance(perMille: 500, about: .actor(.amendLeg))
    trace.note(now, 65, leg.id.number, "HUMAN amends #\(leg.id) to \(quantity)")
    referee.undoes(at: now)
    let amendment = AmendOrder(
      OrderLookup(symbol, orderID: leg.id), newQuantity: quantity, newClientOrderID: keepsID ? leg.clientOrderID : nil)
    let outcome = exchange.amend(amendment, for: Self.account, at: venueTime)
    if case .success = outcome.result { referee.wipe(at: now) }
    settle(outcome.events)
  }

  /// Another product of the venue takes free base as collateral, or gives it back (OL22).
  mutating func lock() {
    let base = options.rules.base
    guard incarnation > 0, let balance = exchange.account(Self.account)?.balance(of: base) else { return }
    let gives = balance.lockedExternally.isPositive && tape.chance(perMille: 600, about: .actor(.locks))
    let amount = gives ? -balance.lockedExternally : legalPart(balance.free) ?? .zero
    guard !amount.isZero else { return }
    trace.note(now, 65, 0, "LOCK of \(amount) \(base) by another product")
    settle(exchange.lockExternally(Self.account, base, by: amount, at: venueTime).events)
  }

  /// Fees of trades on other symbols take the coin that pays ours (OL04).
  mutating func debitFees() {
    guard let funds = exchange.account(Self.account)?.balance(of: "BNB").free, funds.isPositive else { return }
    let share = FixedDecimal(Int(tape.number(1...10, about: .actor(.feeDebits)))) * "0.1"
    let amount = (funds * share).rounded(toMultipleOf: "0.00000001", .down)
    guard amount.isPositive else { return }
    trace.note(now, 65, 1, "FEES of other trades take \(amount) BNB")
    settle(exchange.adjust(Self.account, "BNB", by: -amount, at: venueTime).events)
  }

  /// A stop near the price whose limit is above it: once it has triggered it rests, holds the base, and covers nothing.
  mutating func restStopLimit() {
    guard let last = exchange.lastPrice(of: symbol), let quantity = legalPart(freeBase) else { return }
    let tick = options.rules.filters.tickSize
    let order = NewOrder(
      symbol: symbol, side: .sell, type: .stopLossLimit, timeInForce: .goodTilCanceled, quantity: quantity,
      price: (last * "1.02").rounded(toMultipleOf: tick, .down),
      stopPrice: (last * "0.998").rounded(toMultipleOf: tick, .down), clientOrderID: newClientID("osl"))
    trace.note(now, 65, 3, "BOT rests a stop-limit of \(quantity)")
    settle(exchange.place(order, for: Self.account, at: venueTime).events)
  }

  /// The bot enters with a list of its own: two exit legs that wait as PENDING_NEW until the entry has filled.
  mutating func enterByList() {
    guard markets[place].restingEntries.count < 3, truth.openLots.count < options.lotsMax,
      let last = exchange.lastPrice(of: symbol), let rules = exchange.rules(of: symbol)
    else { return }
    let filters = rules.filters
    let quote = FixedDecimal(
      Int(tape.number(options.entryQuoteLeast...options.entryQuoteMost, about: .actor(.ownLists))))
    guard let quantity = quote.divided(by: last, .down)?.rounded(toMultipleOf: filters.stepSize, .down) else { return }
    // What is left of it after the fee.
    let exits = (quantity * "0.998").rounded(toMultipleOf: filters.stepSize, .down)
    guard exits.isPositive else { return }
    func price(_ factor: FixedDecimal) -> FixedDecimal {
      (last * factor).rounded(toMultipleOf: filters.tickSize, .down)
    }
    let list = NewOrderList.otoco(
      working: .limit(symbol, .buy, quantity: quantity, price: price("0.999"), clientOrderID: newClientID("oto")),
      above: .takeProfit(symbol, .sell, quantity: exits, stopPrice: price("1.02"), clientOrderID: newClientID("otp")),
      below: .stopLoss(symbol, .sell, quantity: exits, stopPrice: price("0.985"), clientOrderID: newClientID("osl")))
    trace.note(now, 65, 2, "BOT enters \(quantity) with a list of its own")
    let outcome = exchange.placeList(list, for: Self.account, at: venueTime)
    settle(outcome.events)
    guard case .success(let report) = outcome.result,
      let entry = report.orders.first(where: { $0.side == .buy && $0.isOpen })
    else { return }
    markets[place].restingEntries.append(entry.key)
    heap.push(.fillPiece(entry.key), at: now + tape.duration(.milliseconds(1), .seconds(4)))
  }
}
