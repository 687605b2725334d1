import Trading
import Venue

/// Everything that a rule or the planner may look at for one symbol: a value, gathered before anything is judged.
struct SymbolView: Sendable {
  var instrument: Instrument
  var coverage: Coverage
  var protections: [Protection]
  /// Open SELL orders that are not ours and no stops: they hold base that cannot be protected.
  var foreignLocks: [Order]
  /// When the first sale of others whose stop has just ended no longer keeps its coins from a new order.
  var foreignHalvesUntil: Instant?
  /// Something that is no order holds base as well.
  var isLockedElsewhere = false
  /// Base that a new order could sell, or `nil` when no wallet figure is as new as the lots: then the lots are
  /// believed.
  var sellable: FixedDecimal?
  /// The wallet shows base that no known fill explains yet, a history is on its way, or a leg is only remembered:
  /// shrinking waits for proof (race R7).
  var isExcessDoubtful = false
  var slots: Slots
  var memory: SymbolMemory
  var lastPrice: SampledPrice?
  var timing: ProtectionTiming
  var allowsExit: Bool
  /// The next sale at market has to wait, since the last one found no liquidity (fault OL38).
  var isExitPaced = false
  var now: Instant

  var symbol: Symbol { instrument.symbol }

  /// What the venue still accepts on the symbol; negative where a limit was lowered under what stands.
  struct Slots: Hashable, Sendable {
    var algo: Int
    var lists: Int
    var orders: Int
  }

  struct SampledPrice: Hashable, Sendable {
    /// Sampled every second while a rule needs it; what is older than a few samples says nothing.
    static let freshFor: Duration = .seconds(5)

    var price: FixedDecimal
    var at: Instant
  }

  /// The stop price of a lot: its level, on the tick grid, toward the earlier trigger (OL06).
  func stopPrice(of lot: Lot) -> FixedDecimal? {
    instrument.stopPrice(of: lot, clamped: memory.clampedStops[lot.id])
  }

  /// The price of a lot's n-th take-profit (1-based), toward the side that fills.
  func takeProfitPrice(of lot: Lot, tranche: Int) -> FixedDecimal? {
    guard lot.bracket.takeProfits.indices.contains(tranche - 1), let entry = lot.averagePrice else { return nil }
    return instrument.legalPrice(lot.bracket.takeProfits[tranche - 1].level.above(entry), .down)
  }

  /// The price at which the venue would judge whether a quantity of the lot is worth an order.
  func judgingPrice(of lot: Lot) -> FixedDecimal {
    instrument.judgingPrice(of: lot, clamped: memory.clampedStops[lot.id])
  }

  /// The price at which it would judge a sale at market: the last one, where it is known and lower. What fell below the
  /// least notional on the way can no longer be sold (faults OL05, OL07).
  func exitPrice(of lot: Lot) -> FixedDecimal {
    guard let lastPrice, now - lastPrice.at <= SampledPrice.freshFor else { return judgingPrice(of: lot) }
    return FixedDecimal.min(judgingPrice(of: lot), lastPrice.price)
  }
}

extension Instrument {
  /// See `SymbolView.stopPrice`. `clamped`: where a crossed stop was put.
  fileprivate func stopPrice(of lot: Lot, clamped: FixedDecimal?) -> FixedDecimal? {
    if let clamped { return clamped }
    guard let level = lot.bracket.stop, let entry = lot.averagePrice else { return nil }
    return legalPrice(level.below(entry), .up)
  }

  func judgingPrice(of lot: Lot, clamped: FixedDecimal?) -> FixedDecimal {
    stopPrice(of: lot, clamped: clamped) ?? lot.averagePrice ?? .zero
  }
}

/// What is remembered about a symbol between inputs, beyond orders and lots: what the venue refused, and what was asked
/// for.
struct SymbolMemory: Hashable, Sendable {
  /// Lots whose stop the price has passed.
  var crossed: Set<LotID> = []
  /// Where `CrossedStopPolicy.clamp` put a crossed stop.
  var clampedStops: [LotID: FixedDecimal] = [:]
  /// How often the price had passed such a stop as well before the venue had it.
  var clampedInVain: [LotID: Int] = [:]
  /// Lots whose OCO form the venue refused: a stop alone is tried, and the take-profit watched.
  var stopOnly: Set<LotID> = []
  /// Lots to be sold at market on request.
  var flattening: Set<LotID> = []
  /// Lots of which a quantity is to be sold because a watched take-profit was reached.
  var takingProfit: [LotID: FixedDecimal] = [:]
  /// Lots that are to be sold, in whole or in part.
  var leaving: Set<LotID> { takingProfit.isEmpty ? flattening : flattening.union(takingProfit.keys) }
  /// Orders whose amend was refused: their list is replaced instead.
  var unamendable: Set<OrderKey> = []
  /// Fewer conditional orders than the filters say, learned from a refusal.
  var algoOrdersMaxSeen: Int?
  /// When that refusal came. It counts for a while only: orders that we had not heard of took part in the venue's
  /// count.
  var algoRefusedAt: Instant?
  static let algoRefusalCounts: Duration = .seconds(5)
  /// When a resting order was first seen triggered without filling.
  var triggeredAt: [OrderKey: Instant] = [:]
  /// When a leg with our tag was heard of that this life did not send, or that it was refused: another guardian writes
  /// as well (promise I7), or the last command of an earlier life came late.
  var otherWriterAt: Instant?
  /// For this long nothing is tidied then: what one of two takes down the other places again.
  static let otherWriterCounts: Duration = .seconds(5)

  func hasOtherWriter(at now: Instant) -> Bool { otherWriterAt.map { now - $0 < Self.otherWriterCounts } ?? false }

  var lastConsolidation: Instant?
  var consolidated: Consolidation?
  /// When the venue last refused for want of balance: then a wallet reading that says less than the lots is believed.
  var balanceRefusedAt: Instant?

  /// A list that was taken down to make room.
  struct Consolidation: Hashable, Sendable {
    /// What each lot lacked.
    var lacking: [LotID: FixedDecimal]
    /// What all lots held: what was bought since is another need, though it may be as large.
    var held: FixedDecimal
    /// What stood behind stops then: another list that has to go since (its stop died as well) is another need.
    var covered: FixedDecimal
    /// How many lists of ours stood then. Should the same be lacking when as many stand again, it led nowhere.
    var standing: Int
    /// How many before it, one after the other, had led to the very same need.
    var inVain = 0

    /// Whether a need is the one that the list was taken down for, and nothing more is covered than was.
    func ledTo(_ lacking: [LotID: FixedDecimal], held: FixedDecimal, covered: FixedDecimal) -> Bool {
      self.lacking == lacking && self.held == held && covered <= self.covered
    }

    /// How long what did not fit is believed not to fit: a wallet's figure was old, or somebody else took the room.
    /// Twice soon, and from then on rarely: each try uncovers something.
    var patience: Duration { inVain < 2 ? .seconds(4) * (1 << inVain) : .seconds(600) }
  }

  private static let empty = SymbolMemory()

  var isEmpty: Bool { self == Self.empty }

  mutating func forget(_ lot: LotID) {
    crossed.remove(lot)
    clampedStops[lot] = nil
    clampedInVain[lot] = nil
    stopOnly.remove(lot)
    flattening.remove(lot)
    takingProfit[lot] = nil
  }
}
