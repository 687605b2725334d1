import Trading
import Venue

/// A lot with the working papers that its figures come from.
struct LotAccount: Hashable, Sendable {
  var lot: Lot
  let base: Asset
  let quote: Asset
  /// Entry fills not consumed by closures yet, oldest first, for first-in-first-out profit.
  private(set) var unconsumed: [Piece] = []
  /// Entry commissions in quote value that no closure has carried yet.
  private var uncharged: FixedDecimal = .zero
  /// Quantity that each tranche's legs have sold.
  private(set) var soldByTranche: [Int: FixedDecimal] = [:]
  private(set) var entryFilled: FixedDecimal = .zero
  /// Quantity that an earlier life is taken to have dealt with, because the mirror holds no open lot of it.
  private var assumedClosed: FixedDecimal = .zero
  /// This life heard of a purchase of the lot as it happened, or proved that no earlier life has sold it.
  var isWitnessed = false
  /// A market entry fills within one matching cycle: until then its pieces are waited for, so that they are covered
  /// together.
  var settlesAt: Instant?

  struct Piece: Hashable, Sendable {
    var price: FixedDecimal
    var quantity: FixedDecimal
    /// Base commission, the part of it that the lot never held.
    var fee: FixedDecimal
    var time: Timestamp
  }

  init(_ lot: Lot, base: Asset, quote: Asset) {
    self.lot = lot
    self.base = base
    self.quote = quote
  }

  /// A lot as the mirror remembers it: what its closures consumed and charged is taken out of the entry fills again.
  init(
    restoring lot: Lot, base: Asset, quote: Asset, entryFills: [Fill], lastClosure: Timestamp?,
    soldByTranche: [Int: FixedDecimal]
  ) {
    self.init(lot, base: base, quote: quote)
    let fee = lot.baseFee
    self.lot.baseFee = .zero
    for fill in entryFills {
      book(entry: fill)
      if let lastClosure, fill.venueTime <= lastClosure { uncharged = .zero }
    }
    self.lot.baseFee = FixedDecimal.max(fee, self.lot.baseFee)
    _ = grossProfit(of: lot.closedQuantity, at: .zero)
    self.soldByTranche = soldByTranche
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

  /// A fill turned up that nobody had seen: that much of the lot is open after all.
  mutating func reopen() {
    guard isAssumedClosed else { return }
    lot.closedAt = nil
  }

  /// Books an entry fill.
  mutating func book(entry fill: Fill) {
    let fee = fill.commissionAsset == base ? fill.commission : .zero
    // An older piece may be heard of later; what is consumed first must stay what was bought first.
    let place = unconsumed.lastIndex { $0.time <= fill.venueTime }.map { $0 + 1 } ?? 0
    unconsumed.insert(Piece(price: fill.price, quantity: fill.quantity, fee: fee, time: fill.venueTime), at: place)
    // A lot is as old as its first fill: a sale before that was of something else.
    lot.openedAt = hasFills ? min(lot.openedAt, fill.venueTime) : fill.venueTime
    entryFilled = entryFilled + fill.quantity
    let recovered = FixedDecimal.min(assumedClosed, fill.quantity)
    assumedClosed = assumedClosed - recovered
    lot.closedQuantity = lot.closedQuantity - recovered
    lot.filledQuantity = FixedDecimal.max(lot.filledQuantity, entryFilled)
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

  /// What a sale at `time` by others can have taken: what is known to have been bought by then. A lot may grow after
  /// it.
  func closable(by time: Timestamp) -> FixedDecimal {
    let known = FixedDecimal.min(lot.openQuantity, entryFilled - lot.baseFee - lot.closedQuantity)
    return unconsumed.reduce(known) { $1.time > time ? $0 - ($1.quantity - $1.fee) : $0 }
  }

  /// Books a closing fill's part and answers with its exact profit.
  mutating func close(
    _ quantity: FixedDecimal, by fill: Fill, _ attribution: Ledger.SaleAttribution, own: Bool
  ) -> FixedDecimal {
    let profit = grossProfit(of: quantity, at: fill.price) - uncharged - commission(of: quantity, in: fill)
    uncharged = .zero
    lot.closedQuantity = lot.closedQuantity + quantity
    lot.realizedProfit = lot.realizedProfit + profit
    lot.closeReason = attribution.reason
    if own, let tranche = attribution.tranche {
      soldByTranche[tranche, default: .zero] = (soldByTranche[tranche] ?? .zero) + quantity
    }
    return profit
  }

  private mutating func grossProfit(of quantity: FixedDecimal, at price: FixedDecimal) -> FixedDecimal {
    var rest = quantity
    var profit = FixedDecimal.zero
    while rest.isPositive, let piece = unconsumed.first {
      let part = FixedDecimal.min(rest, piece.quantity)
      profit = profit + (price - piece.price) * part
      rest = rest - part
      if part == piece.quantity {
        unconsumed.removeFirst()
      } else {
        unconsumed[0].quantity = piece.quantity - part
      }
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
