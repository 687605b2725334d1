import Trading
import Venue

/// What one lot holds and what stands behind it.
struct LotCoverage: Hashable, Sendable {
  var account: LotAccount
  /// Held for certain, less sales whose fills are still to come, base units.
  var held: FixedDecimal
  /// Behind a resting stop (or, for a bracket without a stop, a resting take-profit).
  var covered: FixedDecimal
  /// Being sold right now.
  var exiting: FixedDecimal
  /// Held, not covered, not exiting, and in the wallet.
  var uncovered: FixedDecimal

  var lot: Lot { account.lot }
}

/// How the live orders of a symbol cover its lots. Pure arithmetic over what the venue reports.
struct Coverage: Hashable, Sendable {
  var lots: [LotCoverage]
  /// Own protective quantity beyond what all lots hold.
  var excess: FixedDecimal
  /// What the lots claim beyond what the wallet has.
  var walletShort: FixedDecimal

  /// - Parameters:
  ///   - lots: open lots, oldest first, with what each holds for certain.
  ///   - foreignStops: Σ of resting stops that are not ours.
  ///   - walletShort: what the wallet lacks against the lots of this symbol, proven.
  init(
    lots: [(account: LotAccount, held: FixedDecimal)], protections: [Protection], foreignStops: FixedDecimal,
    walletShort: FixedDecimal
  ) {
    var own: [LotID: FixedDecimal] = [:]
    var exiting: [LotID: FixedDecimal] = [:]
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
    }
    var result: [LotCoverage] = []
    result.reserveCapacity(lots.count)
    var surplus = FixedDecimal.zero  // of own cover beyond its own lot: a merged leg stands behind other lots too
    for (account, held) in lots {
      let id = account.lot.id
      let leaving = FixedDecimal.min(exiting.removeValue(forKey: id) ?? .zero, held)
      let cover = own.removeValue(forKey: id) ?? .zero
      let covered = FixedDecimal.min(cover, held - leaving)
      surplus = surplus + (cover - covered)
      result.append(
        LotCoverage(
          account: account, held: held, covered: covered, exiting: leaving, uncovered: held - leaving - covered))
    }
    surplus = own.values.reduce(surplus, +)
    excess = Self.spread(surplus, over: &result)
    _ = Self.spread(foreignStops, over: &result)
    self.walletShort = walletShort
    var short = walletShort
    for index in result.indices where short.isPositive {
      let missing = FixedDecimal.min(short, result[index].uncovered)
      result[index].uncovered = result[index].uncovered - missing
      short = short - missing
    }
    self.lots = result
  }

  /// Lets `quantity` stand behind uncovered lots, oldest first; answers with what is left of it.
  private static func spread(_ quantity: FixedDecimal, over lots: inout [LotCoverage]) -> FixedDecimal {
    var rest = quantity
    for index in lots.indices where rest.isPositive {
      let part = FixedDecimal.min(rest, lots[index].uncovered)
      lots[index].covered = lots[index].covered + part
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
