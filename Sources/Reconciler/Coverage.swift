import Trading
import Venue

/// What one lot holds and what stands behind it.
struct LotCoverage: Hashable, Sendable {
  var account: LotAccount
  /// Held for certain, less sales whose fills are still to come, base units.
  var held: FixedDecimal
  /// Behind a resting stop (or, for a bracket without a stop, a resting take-profit).
  var covered: FixedDecimal
  /// The part of it that only somebody else's stop stands behind.
  var coveredByOthers: FixedDecimal = .zero
  /// Being sold right now.
  var exiting: FixedDecimal
  /// Held, not covered, not exiting, and in the wallet.
  var uncovered: FixedDecimal
  /// The part of it that a take-profit still holds whose stop has ended: it fills at any moment, or is taken down.
  /// Placing it again would sell it twice where other coins are in the wallet.
  var obstructed: FixedDecimal = .zero

  var lot: Lot { account.lot }
  /// Sold, by fills that are still to be booked.
  var unbooked: FixedDecimal { FixedDecimal.max(.zero, account.sureQuantity - held) }
  /// What a new order may be placed for.
  var placeable: FixedDecimal { FixedDecimal.max(.zero, uncovered - obstructed) }
}

/// How the live orders of a symbol cover its lots. Pure arithmetic over what the venue reports.
struct Coverage: Hashable, Sendable {
  var lots: [LotCoverage]
  /// Own protective quantity beyond what all lots hold. What is on its way out is held until it is sold: a trigger that
  /// the venue swallowed (fault OL13) sells nothing, and the stop that was cut for it would be missed.
  var excess: FixedDecimal
  /// What the lots claim beyond what the wallet has.
  var walletShort: FixedDecimal

  /// - Parameters:
  ///   - lots: open lots, oldest first, with what each holds for certain.
  ///   - foreignStops: Σ of resting stops that are not ours.
  ///   - foreignHalves: Σ of sales of others whose stop has just ended: placing it again might sell it twice.
  ///   - leaving: lots to be sold. What stands behind several lots counts for them last: it would keep them from being
  ///     sold, and the lot that it was placed for would be covered twice (B420).
  ///   - walletShort: what the wallet lacks against the lots of this symbol, proven.
  init(
    lots: [(account: LotAccount, held: FixedDecimal)], protections: [Protection], foreignStops: FixedDecimal,
    foreignHalves: FixedDecimal = .zero, leaving: Set<LotID> = [], walletShort: FixedDecimal
  ) {
    var own: [LotID: FixedDecimal] = [:]
    var exiting: [LotID: FixedDecimal] = [:]
    var obstructed = foreignHalves
    // Asked only where something protects.
    let brackets =
      protections.isEmpty
      ? [:] : Dictionary(uniqueKeysWithValues: lots.map { ($0.account.lot.id, $0.account.lot.bracket) })
    for protection in protections {
      let lot = protection.name.lot
      let wantsNoStop = brackets[lot].map { $0.stop == nil } ?? false
      let covered = wantsNoStop ? protection.restingTakeProfitQuantity : protection.coveredQuantity
      own[lot] = (own[lot] ?? .zero) + covered
      exiting[lot] = (exiting[lot] ?? .zero) + protection.exitingQuantity
      if !wantsNoStop { obstructed = obstructed + protection.obstructingQuantity }
    }
    var result: [LotCoverage] = []
    result.reserveCapacity(lots.count)
    var adrift = FixedDecimal.zero
    var surplus = FixedDecimal.zero  // of own cover beyond its own lot: a merged leg stands behind other lots too
    for (account, held) in lots {
      let id = account.lot.id
      let all = exiting.removeValue(forKey: id) ?? .zero
      let leaving = FixedDecimal.min(all, held)
      adrift = adrift + (all - leaving)
      let cover = own.removeValue(forKey: id) ?? .zero
      let covered = FixedDecimal.min(cover, held - leaving)
      surplus = surplus + (cover - covered)
      result.append(
        LotCoverage(
          account: account, held: held, covered: covered, exiting: leaving, uncovered: held - leaving - covered))
    }
    // A leg sells what is left of other lots when its own is gone, so what is on its way out is on its way out of them.
    Self.spread(exiting.values.reduce(adrift, +), over: &result) { $0.exiting = $0.exiting + $1 }
    surplus = own.values.reduce(surplus, +)
    surplus = Self.spread(surplus, over: &result, except: leaving) { $0.covered = $0.covered + $1 }
    let beyond = Self.spread(surplus, over: &result) { $0.covered = $0.covered + $1 }
    excess = FixedDecimal.max(.zero, result.reduce(beyond) { $0 - $1.exiting })
    Self.spread(foreignStops, over: &result) {
      $0.covered = $0.covered + $1
      $0.coveredByOthers = $1
    }
    self.walletShort = walletShort
    var short = walletShort
    for index in result.indices where short.isPositive {
      let missing = FixedDecimal.min(short, result[index].uncovered)
      result[index].uncovered = result[index].uncovered - missing
      short = short - missing
    }
    for index in result.indices where obstructed.isPositive {
      result[index].obstructed = FixedDecimal.min(obstructed, result[index].uncovered)
      obstructed = obstructed - result[index].obstructed
    }
    self.lots = result
  }

  /// Lets `quantity` account for uncovered parts of lots, oldest first; answers with what is left of it.
  @discardableResult
  private static func spread(
    _ quantity: FixedDecimal, over lots: inout [LotCoverage], except: Set<LotID> = [],
    _ take: (inout LotCoverage, FixedDecimal) -> Void
  ) -> FixedDecimal {
    var rest = quantity
    for index in lots.indices where rest.isPositive && !except.contains(lots[index].lot.id) {
      let part = FixedDecimal.min(rest, lots[index].uncovered)
      take(&lots[index], part)
      lots[index].uncovered = lots[index].uncovered - part
      rest = rest - part
    }
    return rest
  }

  /// A figure summed over the lots that a policy protects.
  func protectedSum(_ figure: (LotCoverage) -> FixedDecimal) -> FixedDecimal {
    lots.reduce(.zero) { $1.account.lot.isProtected ? $0 + figure($1) : $0 }
  }

  var held: FixedDecimal { lots.reduce(.zero) { $0 + $1.held } }
  var covered: FixedDecimal { lots.reduce(.zero) { $0 + $1.covered } }
}
