public import Trading
import Venue

extension AccountCore {
  /// What would be done for every symbol if nothing else happened, in order, with reasons. Changes nothing.
  public func plan(at now: Instant) -> [PlannedAction] {
    lanes.keys.sorted().flatMap { symbol in view(of: symbol, at: now).map { plan(for: $0).actions } ?? [] }
  }

  public var status: AccountStatus {
    AccountStatus(
      account: policy.account, environment: policy.environment, isArmed: policy.isArmed, isPaused: isPaused,
      isKnown: isKnown, streamEpoch: streamEpoch, lastSweep: sweeps.lastComplete,
      coverage: lanes.keys.sorted().compactMap { lanes[$0]?.coverage },
      nakedSince: nakedSince, lots: ledger.allOpen.map(\.lot), legs: liveLegs,
      residuals: residuals, alerts: alerts.keys.sorted().compactMap { alerts[$0] },
      frozen: lanes.keys.sorted().filter { lanes[$0]?.pacedUntil != nil })
  }

  public var protection: ProtectionState {
    ProtectionState(
      isPaused: isPaused, isKnown: isKnown, lastSweep: sweeps.lastComplete,
      coverage: lanes.keys.sorted().compactMap { lanes[$0]?.coverage }, nakedSince: nakedSince)
  }

  private var nakedSince: [Symbol: Instant] {
    var result: [Symbol: Instant] = [:]
    for symbol in lanes.keys { result[symbol] = lanes[symbol]?.naked?.since }
    return result
  }

  private var liveLegs: [Leg] {
    legs.values.filter { book.order($0.clientOrderID)?.isOpen == true }.sorted { $0.clientOrderID < $1.clientOrderID }
  }

  /// What the wallet holds beyond the lots: never guessed away (requirement R39).
  private var residuals: [Asset: FixedDecimal] {
    var result: [Asset: FixedDecimal] = [:]
    for asset in wallet.assets {
      guard let total = wallet[asset]?.balance.total else { continue }
      let residual = total - lotTotal(asset)
      if !residual.isZero { result[asset] = residual }
    }
    return result
  }
}
