import Trading
import Venue

/// A lot with the working papers that its figures come from.
struct LotAccount: Hashable, Sendable {
  var lot: Lot
  let base: Asset
  let quote: Asset
  /// Entry fills, oldest first. From `firstUnconsumed` on they are not consumed by closures yet: first in, first out.
  private var pieces: [Piece] = []
  private var firstUnconsumed = 0
  var unconsumed: ArraySlice<Piece> { pieces[firstUnconsumed...] }
  /// The commissions of the pieces before it were carried by closures.
  private var firstUncharged = 0
  /// What closures took beyond the pieces that were known.
  private var overdrawn: FixedDecimal = .zero
  /// Quantity that each tranche's legs have sold.
  private(set) var soldByTranche: [Int: FixedDecimal] = [:]
  private(set) var entryFilled: FixedDecimal = .zero
  /// Quantity that an earlier life is taken to have dealt with, because the mirror holds no open lot of it.
  private var assumedClosed: FixedDecimal = .zero
  /// Nothing of the entry was recorded, though all fills of its time were given back: one that nobody has seen shows
  /// that none was dealt with.
  private var isGuess = false
  /// This life heard of a purchase of the lot as it happened.
  var isWitnessed = false
  /// The venue knows no sale of the name that the next exit bears: no earlier life has made it.
  var hasNoEarlierExit = false
  /// A market entry fills within one matching cycle: until then its pieces are waited for, so that they are covered
  /// together.
  var settlesAt: Instant?

  /// What has closed it, each sale once, oldest first.
  private(set) var closings: [Closing] = []
  /// When the newest known piece of the entry was bought.
  private var lastBought: TradeMoment?
  /// What the entry's own figure says beyond this was bought at `grownAt` or later: a leg that sold before has sold
  /// something else.
  private var filledBefore: FixedDecimal = .zero
  private var grownAt: TradeMoment?

  /// A sale's part in closing the lot.
  struct Closing: Hashable, Sendable {
    var fill: Fill
    var quantity: FixedDecimal
    var profit: FixedDecimal
    var attribution: Ledger.SaleAttribution
    /// By a leg of this lot.
    var isOwn: Bool
    /// An earlier life wrote it down.
    var isRecorded = false

    func record(of lot: LotID) -> LotClosure {
      LotClosure(lot: lot, tradeID: fill.tradeID, quantity: quantity, reason: attribution.reason, profit: profit)
    }
  }

  struct Piece: Hashable, Sendable {
    var price: FixedDecimal
    var quantity: FixedDecimal
    /// What no closure has consumed yet.
    var left: FixedDecimal
    /// What it brought: without the base commission, which the lot never held.
    var net: FixedDecimal
    /// Its commission in quote value.
    var charge: FixedDecimal
    var moment: TradeMoment
  }

  init(_ lot: Lot, base: Asset, quote: Asset) {
    self.lot = lot
    self.base = base
    self.quote = quote
  }

  /// A lot as the mirror remembers it: what its closures consumed and charged is taken out of the entry fills again.
  init(
    restoring lot: Lot, base: Asset, quote: Asset, entryFills: [Fill], closings: [Closing]
  ) {
    self.init(lot, base: base, quote: quote)
    let fee = lot.baseFee
    self.lot.baseFee = .zero
    for fill in entryFills { book(entry: fill) }
    self.lot.baseFee = FixedDecimal.max(fee, self.lot.baseFee)
    for closing in closings.sorted(by: { $0.fill.moment < $1.fill.moment }) { _ = add(closing) }
    if let last = self.closings.last {
      firstUncharged = pieces.firstIndex { $0.moment.time > last.fill.venueTime } ?? pieces.count
    }
    believeClosings()
    filledBefore = self.lot.filledQuantity
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
  mutating func assumeClosed(_ order: Order, isGuess: Bool) {
    _ = take(entry: order)
    self.isGuess = isGuess
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
  mutating func reopen() { lot.closedAt = nil }

  /// Books an entry fill.
  mutating func book(entry fill: Fill) {
    let fee = fill.commissionAsset == base ? fill.commission : .zero
    let charge = fill.commissionAsset == quote ? fill.commission : fee * fill.price
    let piece = Piece(
      price: fill.price, quantity: fill.quantity, left: fill.quantity, net: fill.quantity - fee, charge: charge,
      moment: fill.moment)
    // An older piece may be heard of later. What younger sales closed was pulled back by then, so it comes before
    // nothing that was consumed or charged.
    let place = pieces[firstUnconsumed...].lastIndex { $0.moment < piece.moment }.map { $0 + 1 } ?? firstUnconsumed
    pieces.insert(piece, at: place)
    if place < firstUncharged { firstUncharged += 1 }
    // A lot is as old as its first fill: a sale before that was of something else.
    lot.openedAt = hasFills ? min(lot.openedAt, fill.venueTime) : fill.venueTime
    entryFilled = entryFilled + fill.quantity
    lastBought = max(lastBought ?? fill.moment, fill.moment)
    let recovered = isGuess ? assumedClosed : FixedDecimal.min(assumedClosed, fill.quantity)
    assumedClosed = assumedClosed - recovered
    lot.closedQuantity = lot.closedQuantity - recovered
    if entryFilled > lot.filledQuantity {
      // The order's own figure is behind its fills: a lot that the mirror remembers from before them.
      lot.filledQuote = lot.filledQuote + (entryFilled - lot.filledQuantity) * fill.price
      lot.filledQuantity = entryFilled
    }
    lot.baseFee = lot.baseFee + fee
  }

  /// Takes the entry order's own cumulative figures, which may be ahead of the fills. Answers whether the lot grew.
  mutating func take(entry order: Order) -> Bool {
    let before = lot.openQuantity
    let filled = FixedDecimal.max(lot.filledQuantity, FixedDecimal.max(order.executedQuantity, entryFilled))
    if lot.filledQuantity.isZero {
      // When it was bought the first report of an order does not tell.
      filledBefore = filled
    } else if filled > lot.filledQuantity {
      filledBefore = lot.filledQuantity
      grownAt = TradeMoment(startOf: order.updatedAt)
    }
    lot.filledQuantity = filled
    lot.filledQuote = FixedDecimal.max(lot.filledQuote, order.executedQuote)
    lot.entryIsOpen = order.isOpen
    return lot.openQuantity > before
  }

  /// What the lot holds for certain: the part whose fills are unknown is counted less the assumed fee.
  @inline(__always) var sureQuantity: FixedDecimal {
    let unexplained = FixedDecimal.max(.zero, lot.filledQuantity - entryFilled)
    return FixedDecimal.max(.zero, lot.openQuantity - unexplained * Self.assumedFeeRate)
  }

  /// What a sale can have taken, where all that has closed the lot is older: never what was bought after it. A sale by
  /// others takes only what is known to have been bought by then; a leg of ours, or a record, proves purchases whose
  /// fills have not come yet.
  func closable(by sale: TradeMoment, isProven: Bool) -> FixedDecimal {
    var open = lot.openQuantity
    if !isProven {
      open = FixedDecimal.min(open, entryFilled - lot.baseFee - lot.closedQuantity)
    } else if let grownAt, sale < grownAt {
      open = open - FixedDecimal.min(lot.filledQuantity - filledBefore, lot.filledQuantity - entryFilled)
    }
    if let lastBought, sale < lastBought {
      open = pieces.reduce(open) { sale < $1.moment ? $0 - $1.net : $0 }
    }
    return FixedDecimal.max(.zero, open)
  }

  /// Books a closing fill's part and answers with all that the fill has closed of the lot, and its exact profit.
  mutating func close(
    _ quantity: FixedDecimal, by fill: Fill, _ attribution: Ledger.SaleAttribution, own: Bool, isRecorded: Bool = false
  ) -> LotClosure {
    let charges = charge(by: fill.moment)
    let profit = grossProfit(of: quantity, at: fill.price) - charges - commission(of: quantity, in: fill)
    lot.closedQuantity = lot.closedQuantity + quantity
    lot.realizedProfit = lot.realizedProfit + profit
    lot.closeReason = attribution.reason
    return add(
      Closing(
        fill: fill, quantity: quantity, profit: profit, attribution: attribution, isOwn: own, isRecorded: isRecorded))
  }

  private mutating func add(_ closing: Closing) -> LotClosure {
    if closing.isOwn, let tranche = closing.attribution.tranche {
      soldByTranche[tranche, default: .zero] = (soldByTranche[tranche] ?? .zero) + closing.quantity
    }
    guard let last = closings.last, last.fill.tradeID == closing.fill.tradeID else {
      closings.append(closing)
      return closing.record(of: lot.id)
    }
    let place = closings.count - 1
    closings[place].quantity = last.quantity + closing.quantity
    closings[place].profit = last.profit + closing.profit
    return closings[place].record(of: lot.id)
  }

  func hasClosings(since moment: TradeMoment) -> Bool { closings.last.map { $0.fill.moment >= moment } ?? false }

  /// Takes back what sales since then have closed, and answers with it: something older was heard of.
  mutating func takeBack(since moment: TradeMoment) -> [Closing] {
    let first = closings.firstIndex { $0.fill.moment >= moment } ?? closings.count
    let taken = Array(closings[first...])
    guard !taken.isEmpty else { return [] }
    closings.removeSubrange(first...)
    for closing in taken {
      if closing.isOwn, let tranche = closing.attribution.tranche {
        soldByTranche[tranche] = (soldByTranche[tranche] ?? .zero) - closing.quantity
      }
      lot.closedQuantity = lot.closedQuantity - closing.quantity
      lot.realizedProfit = lot.realizedProfit - closing.profit
      unconsume(closing.quantity)
    }
    let charged = closings.last.map { last in pieces.firstIndex { last.fill.moment < $0.moment } ?? pieces.count } ?? 0
    firstUncharged = min(firstUncharged, charged)
    lot.closedAt = nil
    lot.closeReason = closings.last?.attribution.reason
    return taken
  }

  /// The commissions that no closure has carried yet of what was bought by then.
  private mutating func charge(by sale: TradeMoment) -> FixedDecimal {
    var charges = FixedDecimal.zero
    while firstUncharged < pieces.count, pieces[firstUncharged].moment < sale {
      charges = charges + pieces[firstUncharged].charge
      firstUncharged += 1
    }
    return charges
  }

  private mutating func unconsume(_ quantity: FixedDecimal) {
    var rest = quantity - FixedDecimal.min(quantity, overdrawn)
    overdrawn = overdrawn - (quantity - rest)
    while rest.isPositive {
      let isBegun = firstUnconsumed < pieces.count && pieces[firstUnconsumed].left < pieces[firstUnconsumed].quantity
      let place = isBegun ? firstUnconsumed : firstUnconsumed - 1
      guard place >= 0 else { return }
      let part = FixedDecimal.min(rest, pieces[place].quantity - pieces[place].left)
      pieces[place].left = pieces[place].left + part
      rest = rest - part
      firstUnconsumed = place
    }
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
    overdrawn = overdrawn + rest
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
