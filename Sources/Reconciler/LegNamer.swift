import Trading
import Venue

/// Chooses the names of new legs from facts alone, so that a replay and a second replica choose the same (DESIGN §2).
struct LegNamer: Sendable {
  let key: TagKey
  let account: AccountID
  let stepSize: FixedDecimal
  /// Whether the venue has ever shown an order of this client id.
  let hasBeenSeen: @Sendable (ClientOrderID) -> Bool

  /// The name of the next leg: it starts where the lot's sold and covered quantity ends, and its generation is the
  /// first that the venue has not seen for that start.
  func name(lot: LotCoverage, tranche: Int, part: LegName.Part, after placed: FixedDecimal = .zero) -> LegName {
    let start = lot.lot.closedQuantity + lot.unbooked + lot.covered + lot.exiting + placed
    var name = LegName(
      lot: lot.lot.id, tranche: tranche, generation: 1, rangeStartSteps: start.steps(of: stepSize) & 0x7_ffff_ffff)
    while name.generation < LegName.generationMax, isTaken(name) { name.generation += 1 }
    return name
  }

  func id(_ name: LegName, _ part: LegName.Part) -> ClientOrderID { name.id(part, key: key, account: account) }

  private func isTaken(_ name: LegName) -> Bool {
    hasBeenSeen(id(name, .stopLoss)) || hasBeenSeen(id(name, .takeProfit)) || hasBeenSeen(id(name, .exit))
  }
}
