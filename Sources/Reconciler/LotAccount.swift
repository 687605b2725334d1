import Trading
import Venue

/// A lot with the working papers that its figures come from.
struct LotAccount: Hashable, Sendable {
  var lot: Lot
  let base: Asset
  let quote: Asset
  /// Entry fills. From `firstUnconsumed` on they are not consumed by closures yet, oldest first, for first-in-first-out
  /// profit.
  private var pieces: [Piece] = []
  private var firstUnconsumed = 0
  var unconsumed: ArraySlice<Piece> { pieces[firstUnconsumed...] }
  /// Entry commissions in quote value that no closure has carried yet.
  private var uncharged: FixedDecimal = .zero
  /// Quantity that each tranche's legs have sold.
  private(set) var soldByTranche: [Int: FixedDecimal] = [:]
  private(set) var entryFilled: FixedDecimal = .zero
  /// Quantity that an earlier life is taken to have dealt with, because the mirror holds no open lot of it.
  private var assumedClosed: FixedDecimal = .zero
  /// This life heard of a purchase of the lot as it happened.
  var isWitnessed = false
  /// The venue knows no sale of the name that the next exit bears: no earlier life has made it.
  var hasNoEarlierExit = false
  /// A market entry fills within one matching cycle: until then its pieces are waited for, so that they are covered
  /// together.
  var settlesAt: Instant?

  /// What has closed it, each sale once, in the order in which they were heard of.
  private(set) var closings: [Closing] = []
  /// When the newest known piece of the entry was bought.
  private var lastBought: Fill?

  /// A sale's part in closing the lot.
  struct Closing: Hashable, Sendable {
    var fill: Fill
    var quantity: FixedDecimal
    var profit: FixedDecimal
    var attribution: Ledger.SaleAttribution
    /// By a leg of this lot.
    var isOwn: Bool

    func record(of lot: LotID) -> LotClosure {
      LotClosure(lot: lot, tradeID: fill.tradeID, quantity: quantity, reason: attribution.reason, profit: profit)
    }

    /// Takes a part out, with its share of the profit; the whole of it, exactly, when the part is the whole.
    mutating func take(_ part: FixedDecimal) -> Closing {
      var taken = self
      taken.quantity = part
      if part != quantity { taken.profit = (profit * part).divided(by: quantity) ?? .zero }
      quantity = quantity - part
      profit = profit - taken.profit
      return taken
    }
  }

  /// What becomes of the sales that an older one takes the place of.
  struct Displacement {
    /// The parts that have to close something else.
    var displaced: [Closing] = []
    /// What each sale concerned has closed now.
    var closures: [LotClosure] = []
  }

  struct Piece: Hashable, Sendable {
    var price: FixedDecimal
    /// What no closure has consumed yet.
    var left: FixedDecimal
    /// What it brought: without the base commission, which the lot never held.
    var net: FixedDecimal
    var time: Timestamp
    var trade: TradeID

    func isYounger(than sale: Fill) -> Bool { sale.isOlder(than: time, trade) }
  }

  init(_ lot: Lot, base: Asset, quote: Asset) {
    self.lot = lot
    self.base = base
    self.quote = quote
  }

  /// A lot as the mirror remembers it: what its closures consumed and charged is taken out of the entry fills again.
  init(
    restoring lot: Lot, base: Asset, quote: Asset, entryFills: [Fill], lastClosure: Timestamp?, closings: [Closing]
  ) {
    self.init(lot, base: base, quote: quote)
    let fee = lot.baseFee
    self.lot.baseFee = .zero
    for fill in entryFills {
      book(entry: fill)
      if let lastClosure, fill.venueTime <= lastClosure { uncharged = .zero }
    }
    self.lot.baseFee = FixedDecimal.max(fee, self.lot.baseFee)
    for closing in closings { _ = add(closing) }
    believeClosings()
    _ = grossProfit(of: self.lot.closedQuantity, at: .zero)
  }

  /// A life that could read neither the mirror nor the trades has written the row anew from the entry alone: what its
  /// sales are recorded to have closed is closed (faults DB01, RS10).
  private mutating func believeClosings() {
    let closed = closings.reduce(FixedDecimal.zero) { $0 + $1.quantity }
    guard closed > lot.closedQuantity else { return }
    lot.closedQuantity = closed
    lot.realizedProfit = closings.reduce(.zero) { $0 + $1.profit }
    lot.closeReason = closings.last?.attribution.reason
  }

  /// The commission assumed for quantity whose fills have not arrived: the venue's standard 0.1 %, taken from the base.
  /// Too high leaves dust uncovered for a moment; too low makes the venue refuse the leg for lack of balance (fault
  /// OL03, RS10).
  static let assumedFeeRate: FixedDecimal = "0.001"

  /// Ignored by a policy, and not waiting for the rest of its entry.
  @inline(__always) var isLeftAlone: Bool { !lot.isProtected && (settlesAt == nil || !lot.entryIsOpen) }

  private var hasFills: Bool { entryFilled.isPositive }

  var isAssumedClosed: Bool { assumedClosed.isPositive && lot.isClosed }

  /// Takes the whole of an entry for dealt with. Not to be recorded: the mirror has the true row.
  mutating func assumeClosed(_ order: Order) {
    _ = take(entry: order)
    assumedClosed = order.executedQuantity
    lot.closedQuantity = order.executedQuantity
    lot.closedAt = order.updatedAt
  }

  /// The same of a lot that this life took for open: an earlier one had closed it.
  mutating func assumeClosed() {
    assumedClosed = lot.openQuantity
    lot.closedQuantity = lot.closedQuantity + lot.openQuantity
    lot.closedAt = lot.openedAt
  }

  /// Takes what an earlier life is known to have bought and sold; what the entry bought beyond it is open.
  mutating func takeHandled(_ quantity: FixedDecimal) {
    entryFilled = quantity
    lot.closedQuantity = quantity
  }

  /// A fill turned up that nobody had seen: that much of the lot is open after all.
  mutating func reopen() {
    guard isAssumedClosed else { return }
    lot.closedAt = nil
  }

  /// Books an entry fill.
  mutating func book(entry fill: Fill) {
    let fee = fill.commissionAsset == base ? fill.commission : .zero
    // An older piece may be heard of later; what is consumed first must stay what was bought first.
    let place = unconsumed.lastIndex { $0.time <= fill.venueTime }.map { $0 + 1 } ?? firstUnconsumed
    let piece = Piece(
      price: fill.price, left: fill.quantity, net: fill.quantity - fee, time: fill.venueTime, trade: fill.tradeID)
    pieces.insert(piece, at: place)
    // A lot is as old as its first fill: a sale before that was of something else.
    lot.openedAt = hasFills ? min(lot.openedAt, fill.venueTime) : fill.venueTime
    entryFilled = entryFilled + fill.quantity
    if lastBought.map({ $0.isOlder(than: fill) }) ?? true { lastBought = fill }
    let recovered = FixedDecimal.min(assumedClosed, fill.quantity)
    assumedClosed = assumedClosed - recovered
    lot.closedQuantity = lot.closedQuantity - recovered
    if entryFilled > lot.filledQuantity {
      // The order's own figure is behind its fills: a lot that the mirror remembers from before them.
      lot.filledQuote = lot.filledQuote + (entryFilled - lot.filledQuantity) * fill.price
      lot.filledQuantity = entryFilled
    }
    if fill.commissionAsset == base {
      lot.baseFee = lot.baseFee + fill.commission
      uncharged = uncharged + fill.commission * fill.price
    } else if fill.commissionAsset == quote {
      uncharged = uncharged + fill.commission
    }
  }

  /// Takes the entry order's own cumulative figures, which may be ahead of the fills. Answers whether the lot grew.
  mutating func take(entry order: Order) -> Bool {
    let before = lot.openQuantity
    lot.filledQuantity = FixedDecimal.max(lot.filledQuantity, FixedDecimal.max(order.executedQuantity, entryFilled))
    lot.filledQuote = FixedDecimal.max(lot.filledQuote, order.executedQuote)
    lot.entryIsOpen = order.isOpen
    return lot.openQuantity > before
  }

  /// What the lot holds for certain: the part whose fills are unknown is counted less the assumed fee.
  @inline(__always) var sureQuantity: FixedDecimal {
    let unexplained = FixedDecimal.max(.zero, lot.filledQuantity - entryFilled)
    return FixedDecimal.max(.zero, lot.openQuantity - unexplained * Self.assumedFeeRate)
  }

  /// What a sale can have taken: never what was bought after it. A sale by others takes only what is known to have been
  /// bought by then; a leg of its own proves purchases whose fills have not come yet.
  func closable(by sale: Fill, own: Bool) -> FixedDecimal {
    let known = entryFilled - lot.baseFee - lot.closedQuantity
    let open = own ? lot.openQuantity : FixedDecimal.min(lot.openQuantity, known)
    guard let lastBought, !lastBought.isOlder(than: sale) else { return open }
    // What was there at its time, and what later sales, heard of before it, leave of that and of what was bought since.
    let later = closings.filter { sale.isOlder(than: $0.fill) }
    let before = later.reduce(open) { $0 + $1.quantity } - bought(after: sale)
    return later.reduce(FixedDecimal.min(open, before)) { least, closing in
      let since = later.reduce(FixedDecimal.zero) { closing.fill.isOlder(than: $1.fill) ? $0 + $1.quantity : $0 }
      return FixedDecimal.min(least, open + since - bought(after: closing.fill))
    }
  }

  /// What was bought after a sale, without commissions.
  private func bought(after sale: Fill) -> FixedDecimal {
    pieces.reduce(.zero) { $1.isYounger(than: sale) ? $0 + $1.net : $0 }
  }

  /// What younger sales have closed that a sale can have taken before them: all but what was bought after it. `nil`
  /// while purchases may be unknown.
  func displaceable(by sale: Fill) -> FixedDecimal? {
    guard !lot.entryIsOpen, entryFilled >= lot.filledQuantity, lastBought != nil else { return nil }
    let younger = closings.reduce(FixedDecimal.zero) { sale.isOlder(than: $1.fill) ? $0 + $1.quantity : $0 }
    return FixedDecimal.max(.zero, younger - bought(after: sale))
  }

  /// Books a closing fill's part and answers with all that the fill has closed of the lot, and its exact profit.
  mutating func close(
    _ quantity: FixedDecimal, by fill: Fill, _ attribution: Ledger.SaleAttribution, own: Bool
  ) -> LotClosure {
    let profit = grossProfit(of: quantity, at: fill.price) - uncharged - commission(of: quantity, in: fill)
    uncharged = .zero
    lot.closedQuantity = lot.closedQuantity + quantity
    lot.realizedProfit = lot.realizedProfit + profit
    lot.closeReason = attribution.reason
    return add(Closing(fill: fill, quantity: quantity, profit: profit, attribution: attribution, isOwn: own))
  }

  private mutating func add(_ closing: Closing) -> LotClosure {
    if closing.isOwn, let tranche = closing.attribution.tranche {
      soldByTranche[tranche, default: .zero] = (soldByTranche[tranche] ?? .zero) + closing.quantity
    }
    let place = closings.lastIndex { $0.fill.tradeID == closing.fill.tradeID } ?? closings.count
    if place == closings.count {
      closings.append(closing)
    } else {
      closings[place].quantity = closings[place].quantity + closing.quantity
      closings[place].profit = closings[place].profit + closing.profit
    }
    return closings[place].record(of: lot.id)
  }

  /// Gives an older sale what younger ones closed, up to a quantity: they were booked before it was heard of. A leg of
  /// the lot has sold something else only where all purchases are known.
  mutating func displace(
    by fill: Fill, most: FixedDecimal, _ attribution: Ledger.SaleAttribution, own: Bool
  ) -> Displacement {
    let known = displaceable(by: fill)
    var rest = FixedDecimal.min(most, known ?? most)
    var result = Displacement()
    for index in closings.indices where rest.isPositive {
      guard !closings[index].isOwn || known != nil, closings[index].quantity.isPositive,
        fill.isOlder(than: closings[index].fill)
      else { continue }
      let part = closings[index].take(FixedDecimal.min(rest, closings[index].quantity))
      if part.isOwn, let tranche = part.attribution.tranche {
        soldByTranche[tranche] = (soldByTranche[tranche] ?? .zero) - part.quantity
      }
      rest = rest - part.quantity
      let gained = (fill.price - part.fill.price) * part.quantity
      let costs = commission(of: part.quantity, in: fill) - commission(of: part.quantity, in: part.fill)
      lot.realizedProfit = lot.realizedProfit + gained - costs
      result.displaced.append(part)
      result.closures.append(closings[index].record(of: lot.id))
      let closing = Closing(
        fill: fill, quantity: part.quantity, profit: part.profit + gained - costs, attribution: attribution, isOwn: own)
      result.closures.append(add(closing))
    }
    return result
  }

  private mutating func grossProfit(of quantity: FixedDecimal, at price: FixedDecimal) -> FixedDecimal {
    var rest = quantity
    var profit = FixedDecimal.zero
    while rest.isPositive, firstUnconsumed < pieces.count {
      let part = FixedDecimal.min(rest, pieces[firstUnconsumed].left)
      profit = profit + (price - pieces[firstUnconsumed].price) * part
      rest = rest - part
      pieces[firstUnconsumed].left = pieces[firstUnconsumed].left - part
      if pieces[firstUnconsumed].left.isZero { firstUnconsumed += 1 }
    }
    // Entry fills that never arrived: the order's average price stands in for them.
    if rest.isPositive, let average = lot.averagePrice { profit = profit + (price - average) * rest }
    return profit
  }

  /// The fill's quote commission in proportion to the part; the whole of it, exactly, when the part is the whole.
  private func commission(of quantity: FixedDecimal, in fill: Fill) -> FixedDecimal {
    guard fill.commissionAsset == quote else { return .zero }
    if quantity == fill.quantity { return fill.commission }
    return (fill.commission * quantity).divided(by: fill.quantity) ?? .zero
  }
}
