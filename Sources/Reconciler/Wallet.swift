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
    /// When the reading that brought it was asked for.
    var readAt: Instant?
  }

  private(set) var holdings = KeyTable<Asset, Holding>()
  /// Assets of which some was there once: the venue lists hundreds that never were.
  private var everHeld: Set<Asset> = []

  subscript(asset: Asset) -> Holding? { holdings[asset] }

  var assets: [Asset] { holdings.keys.sorted() }

  func wasHeld(_ asset: Asset) -> Bool { everHeld.contains(asset) }

  /// Notes what was there once, however old the figure is.
  mutating func noteHeld(_ balance: Balance) {
    if balance.total.isPositive { everHeld.insert(balance.asset) }
  }

  /// Takes an absolute figure unless a newer one is known. Answers whether anything changed.
  mutating func apply(_ balance: Balance, asOf: Timestamp, isPushed: Bool, readAt: Instant? = nil) -> Bool {
    if let known = holdings[balance.asset], known.asOf > asOf { return false }
    let changed = holdings[balance.asset]?.balance != balance
    holdings[balance.asset] = Holding(balance: balance, asOf: asOf, isPushed: isPushed, readAt: readAt)
    noteHeld(balance)
    return changed
  }

  /// Takes a complete reading: assets that it does not mention are empty, known ones and the `others`.
  mutating func apply(
    all balances: [Balance], and others: [Asset], asOf: Timestamp, readAt: Instant
  ) -> [Balance] {
    var changed: [Balance] = []
    var mentioned = Set<Asset>()
    for balance in balances {
      mentioned.insert(balance.asset)
      if apply(balance, asOf: asOf, isPushed: false, readAt: readAt) { changed.append(balance) }
    }
    for asset in Set(assets + others).sorted() where !mentioned.contains(asset) {
      let empty = Balance(asset: asset, free: .zero)
      if apply(empty, asOf: asOf, isPushed: false, readAt: readAt) { changed.append(empty) }
    }
    return changed
  }

  /// Dates readings anew that were taken before any event proved what the venue's clock says: one dated too late would
  /// beat the events that follow it.
  mutating func redate(by clock: ObservedClock) {
    for asset in assets {
      guard let holding = holdings[asset], let readAt = holding.readAt else { continue }
      holdings[asset]?.asOf = clock.sure(holding.asOf, at: readAt)
    }
  }
}
