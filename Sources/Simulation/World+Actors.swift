import PaperVenue
import Reconciler
import Trading
import Venue

/// What somebody other than the guardian does.
enum Act: Hashable, Sendable {
  case entry
  case of(ActorClass)
}

// Others at the account: the bot whose entries are to be protected, a human, transfers, and the price.
extension World {
  mutating func act(_ act: Act) {
    guard faultsAct else { return }
    switch act {
    case .entry:
      enter()
      heap.push(here(.entry), at: now + tape.duration(options.entryIntervalLeast, options.entryIntervalMost))
    case .of(let actor):
      perform(actor)
      heap.push(here(.of(actor)), at: now + tape.duration(.seconds(2), .seconds(40), about: .actor(actor)))
    }
  }

  mutating func newClientID(_ prefix: String) -> ClientOrderID {
    lastClientNumber += 1
    return ClientOrderID("\(prefix)\(lastClientNumber)")
  }

  // MARK: - Entries

  private mutating func enter() {
    guard truth.openLots.count < options.lotsMax, markets[place].restingEntries.count < 3,
      let last = exchange.lastPrice(of: symbol)
    else { return }
    strikeEntry()
    let quote = FixedDecimal(Int(tape.number(options.entryQuoteLeast...options.entryQuoteMost)))
    let step = exchange.rules(of: symbol)?.filters.stepSize ?? "0.00001"
    guard let quantity = quote.divided(by: last, .down)?.rounded(toMultipleOf: step, .down), quantity.isPositive else {
      return
    }
    if options.actors.contains(.directEntries), guardian?.core.status.isKnown == true,
      tape.chance(perMille: options.extras.isDirect ? 1000 : 500)
    {
      return enterDirectly(quantity)
    }
    if tape.chance(perMille: options.limitEntryPerMille) {
      enterByLimit(quantity, last)
    } else {
      let order = NewOrder.market(symbol, .buy, quantity: quantity, clientOrderID: newEntryID())
      trace.note(now, 50, 0, "BOT buys \(quantity) at market")
      settle(exchange.place(order, for: Self.account, at: venueTime).events)
    }
  }

  private mutating func enterDirectly(_ quantity: FixedDecimal) {
    let id = newClientID("dir")
    let bracket = drawBracket() ?? self.bracket
    let placement = EntryPlacement(symbol: symbol, clientOrderID: id, side: .buy, type: .market, quantity: quantity)
    trace.note(now, 51, 0, "BOT enters \(quantity) through Backstop")
    feed(.request(.enter(requestID: Int64(lastClientNumber), placement, bracket: bracket, strategy: nil)))
  }

  /// A limit a little under the price, filled in pieces as the seed says, or by the price.
  private mutating func enterByLimit(_ quantity: FixedDecimal, _ last: FixedDecimal) {
    let distance = FixedDecimal(Int(tape.number(1...20))) * "0.0001"
    let tick = options.rules.filters.tickSize
    let price = (last - last * distance).rounded(toMultipleOf: tick, .down)
    let order = NewOrder.limit(symbol, .buy, quantity: quantity, price: price, clientOrderID: newEntryID())
    trace.note(now, 52, 0, "BOT bids \(quantity) at \(price)")
    let outcome = exchange.place(order, for: Self.account, at: venueTime)
    settle(outcome.events)
    guard case .success(let placed) = outcome.result, placed.order.isOpen else { return }
    markets[place].restingEntries.append(placed.order.key)
    heap.push(.fillPiece(placed.order.key), at: now + tape.duration(.milliseconds(1), .seconds(4)))
  }

  mutating func fillPiece(_ key: OrderKey) {
    guard faultsAct, let order = exchange.openOrders(of: Self.account, key.symbol).first(where: { $0.key == key })
    else {
      markets[place].restingEntries.removeAll { $0 == key }
      return
    }
    if tape.chance(perMille: 80) {
      trace.note(now, 53, key.venueOrderID.number, "BOT cancels the rest of #\(key.venueOrderID)")
      let cancel = CancelOrder(OrderLookup(key.symbol, orderID: key.venueOrderID))
      settle(exchange.cancel(cancel, for: Self.account, at: venueTime).events)
      return
    }
    let step = exchange.rules(of: symbol)?.filters.stepSize ?? "0.00001"
    let steps = order.remainingQuantity.steps(of: step)
    let part = FixedDecimal(Int(tape.number(1...max(1, steps)))) * step
    let quantity =
      tape.chance(perMille: 350) ? order.remainingQuantity : FixedDecimal.min(part, order.remainingQuantity)
    settle(exchange.fill(Self.account, key, quantity: quantity, at: venueTime).events)
    let pause = tape.pick([Duration.milliseconds(3), .milliseconds(120), .seconds(1), .seconds(6)])
    heap.push(.fillPiece(key), at: now + tape.duration(.milliseconds(1), pause))
  }

  // MARK: - Others

  private mutating func perform(_ actor: ActorClass) {
    let open = exchange.openOrders(of: Self.account, symbol)
    switch actor {
    case .scaleIn: enter()
    case .cancelAll:
      trace.note(now, 54, 0, "BOT cancels everything")
      referee.undoes(at: now)
      settle(exchange.cancelAll(symbol, for: Self.account, at: venueTime).events)
    case .cancelLeg:
      let own = open.filter { truth.isOwn($0) }
      guard !own.isEmpty else { return }
      let leg = tape.pick(own)
      trace.note(now, 55, leg.id.number, "HUMAN cancels #\(leg.id)")
      referee.undoes(at: now)
      settle(
        exchange.cancel(CancelOrder(OrderLookup(symbol, orderID: leg.id)), for: Self.account, at: venueTime).events)
    case .manualSell: sellByHand(open)
    case .ownStops: restSell("own", NewOrder.stopLoss, "0.985")
    case .ownLimits: restSell("lim", { NewOrder.limit($0, $1, quantity: $2, price: $3, clientOrderID: $4) }, "1.03")
    case .transfers: transfer()
    case .directEntries: break
    case .restarts, .reloads, .pauses, .flattens: operate(actor)
    case .amendLeg: amendLeg(open)
    case .locks: lock()
    case .feeDebits: debitFees()
    case .ownLists: enterByList()
    case .ownStopLimits: restStopLimit()
    case .ownBrackets: nameBracketAnew()
    }
  }

  var freeBase: FixedDecimal {
    exchange.account(Self.account)?.balance(of: options.rules.base).free ?? .zero
  }

  mutating func legalPart(_ quantity: FixedDecimal) -> FixedDecimal? {
    let filters = exchange.rules(of: symbol)?.filters ?? options.rules.filters
    let steps = quantity.steps(of: filters.stepSize)
    guard steps > 0 else { return nil }
    let part = FixedDecimal(Int(tape.number(1...steps))) * filters.stepSize
    return tape.chance(perMille: 300) ? quantity.rounded(toMultipleOf: filters.stepSize, .down) : part
  }

  /// A human frees what a leg holds and sells, or sells what is free.
  private mutating func sellByHand(_ open: [PaperOrder]) {
    if freeBase < "0.0002", tape.chance(perMille: 700), let leg = open.first(where: { truth.isOwn($0) }) {
      trace.note(now, 56, leg.id.number, "HUMAN cancels #\(leg.id) to sell")
      referee.undoes(at: now)
      settle(
        exchange.cancel(CancelOrder(OrderLookup(symbol, orderID: leg.id)), for: Self.account, at: venueTime).events)
    }
    guard let quantity = legalPart(freeBase) else { return }
    trace.note(now, 57, 0, "HUMAN sells \(quantity)")
    let order = NewOrder.market(symbol, .sell, quantity: quantity, clientOrderID: newClientID("human"))
    settle(exchange.place(order, for: Self.account, at: venueTime).events)
  }

  private mutating func restSell(
    _ prefix: String,
    _ make: (Symbol, Side, FixedDecimal, FixedDecimal, ClientOrderID?) -> NewOrder, _ factor: FixedDecimal
  ) {
    guard let last = exchange.lastPrice(of: symbol), let quantity = legalPart(freeBase) else { return }
    let price = (last * factor).rounded(toMultipleOf: options.rules.filters.tickSize, .down)
    trace.note(now, 58, 0, "BOT rests a sale of \(quantity) at \(price)")
    let order = make(symbol, .sell, quantity, price, forgedID ?? newClientID(prefix))
    settle(exchange.place(order, for: Self.account, at: venueTime).events)
  }

  /// Every fourth time somebody gives an order a name that looks like one of ours, with a tag that cannot be right
  /// (fault SE08).
  private var forgedID: ClientOrderID? {
    let legs = exchange.openOrders(of: Self.account, symbol).filter { truth.isOwn($0) }
    guard lastClientNumber % 4 == 3, let text = legs.last?.clientOrderID.text, let end = text.last else { return nil }
    return ClientOrderID(text.dropLast() + (end == "7" ? "6" : "7"))
  }

  private mutating func transfer() {
    // What left before the first start was never the guardian's to protect, and nobody can tell it apart.
    guard incarnation > 0 else { return }
    let base = options.rules.base
    let deposits = tape.chance(perMille: 500)
    let amount: FixedDecimal = deposits ? tape.pick(["0.0001", "0.02", "0.5"]) : -(legalPart(freeBase) ?? .zero)
    guard !amount.isZero else { return }
    trace.note(now, 59, 0, "TRANSFER \(amount) \(base)")
    settle(exchange.adjust(Self.account, base, by: amount, at: venueTime).events)
  }

  // MARK: - The price

  private static let hundredthBasisPoint: FixedDecimal = "0.000001"

  mutating func movePrice() {
    guard phase == .active, let last = exchange.lastPrice(of: symbol) else { return }
    let isGap = tape.chance(perMille: options.gapPerMille)
    let most = isGap ? options.gapBasisPointsMax : options.stepBasisPointsMax
    let basisPoints = tape.number(-most * 100...most * 100)
    let tick = options.rules.filters.tickSize
    let moved = last + last * FixedDecimal(Int(basisPoints)) * Self.hundredthBasisPoint
    let price = FixedDecimal.max(moved.rounded(toMultipleOf: tick, .down), tick)
    trace.mix(price)
    settle(exchange.setPrice(price, of: symbol, at: venueTime))
    heap.push(place == 0 ? .price : .otherPrice, at: now + options.priceInterval)
  }
}
