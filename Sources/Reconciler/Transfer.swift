import Trading

/// A deposit, withdrawal or debit as its event told it.
struct Transfer: Hashable, Sendable {
  /// Kept for comparison; copies of an event come within seconds.
  static let rememberedMax = 64

  var asset: Asset
  var delta: FixedDecimal
  var at: Timestamp
}
