/// What the wallet holds of one asset.
public struct Balance: Hashable, Sendable {
  public var asset: Asset
  public var free: FixedDecimal
  /// Held by open orders (or another product of the venue).
  public var locked: FixedDecimal

  public init(asset: Asset, free: FixedDecimal, locked: FixedDecimal = .zero) {
    self.asset = asset
    self.free = free
    self.locked = locked
  }

  public var total: FixedDecimal { free + locked }
}
