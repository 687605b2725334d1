import Trading
import Venue

/// What the venue says that the account holds, asset by asset, with the moment each figure speaks of.
struct Wallet: Sendable {
  struct Holding: Hashable, Sendable {
    var balance: Balance
    /// Venue time that the figure speaks of.
    var asOf: Timestamp
    /// Pushed by the venue at that very moment; a reading may come from a lagging replica (fault RS06).
    var isPushed: Bool
  }

  private(set) var holdings: [Asset: Holding] = [:]

  subscript(asset: Asset) -> Holding? { holdings[asset] }

  var assets: [Asset] { holdings.keys.sorted() }

  /// Takes an absolute figure unless a newer one is known. Answers whether anything changed.
  mutating func apply(_ balance: Balance, asOf: Timestamp, isPushed: Bool) -> Bool {
    if let known = holdings[balance.asset], known.asOf > asOf { return false }
    let changed = holdings[balance.asset]?.balance != balance
    holdings[balance.asset] = Holding(balance: balance, asOf: asOf, isPushed: isPushed)
    return changed
  }

  /// Takes a complete reading: assets that it does not mention are empty.
  mutating func apply(all balances: [Balance], asOf: Timestamp) -> [Balance] {
    var changed: [Balance] = []
    var mentioned = Set<Asset>()
    for balance in balances {
      mentioned.insert(balance.asset)
      if apply(balance, asOf: asOf, isPushed: false) { changed.append(balance) }
    }
    for asset in assets where !mentioned.contains(asset) {
      let empty = Balance(asset: asset, free: .zero)
      if apply(empty, asOf: asOf, isPushed: false) { changed.append(empty) }
    }
    return changed
  }
}
