public import Trading

/// The synthetic book that orders trade with. It regenerates after every order, so only the size of one order matters.
public struct DepthModel: Hashable, Sendable {
  /// Distance from the last price to the best bid and to the best ask, in quote units.
  public var halfSpread: FixedDecimal = .zero
  /// Base units at each price level; zero means that the first level never runs out.
  public var levelQuantity: FixedDecimal = .zero
  /// Distance between levels, in quote units.
  public var levelStep: FixedDecimal = .zero
  /// Levels on each side. Past the last there is no liquidity: the remainder of a market order expires (fault OL38).
  public var levels = 1
  /// Base units of a resting order that one price touch fills; zero means all of it.
  public var restingFillQuantity: FixedDecimal = .zero
  /// Resting orders never fill by price: only `fill` and triggers move. For scripts that hand out fills themselves.
  public var fillsRestingByHand = false

  public init() {}

  /// Deep enough for everything, no spread.
  public static let unlimited = DepthModel()
  /// Nobody on the other side: market orders expire unfilled.
  public static var empty: DepthModel {
    var depth = DepthModel()
    depth.levels = 0
    return depth
  }

  public struct Slice: Hashable, Sendable {
    public var price: FixedDecimal
    public var quantity: FixedDecimal
  }

  /// Best price for a taker on `side`.
  func bestPrice(for side: Side, last: FixedDecimal) -> FixedDecimal {
    side == .buy ? last + halfSpread : last - halfSpread
  }

  /// What a taker gets: slices from the best level outwards, at most `quantity`, none worse than `limit`.
  func slices(for side: Side, quantity: FixedDecimal, last: FixedDecimal, limit: FixedDecimal?) -> [Slice] {
    var slices: [Slice] = []
    var remaining = quantity
    var price = bestPrice(for: side, last: last)
    for _ in 0..<levels {
      guard remaining.isPositive, price.isPositive else { break }
      if let limit, side == .buy ? price > limit : price < limit { break }
      let size = levelQuantity.isPositive ? FixedDecimal.min(remaining, levelQuantity) : remaining
      slices.append(Slice(price: price, quantity: size))
      remaining = remaining - size
      price = side == .buy ? price + levelStep : price - levelStep
    }
    return slices
  }
}

/// How the venue takes its fee.
public struct CommissionPlan: Hashable, Sendable {
  /// In which asset one fill's fee is taken.
  public enum Mode: Hashable, Sendable {
    /// What the fill brings in: base for a BUY, quote for a SELL (the venue's default).
    case received
    case base
    case quote
    /// A discount asset such as BNB, while there is enough of it.
    case discount(Asset)
  }

  public var maker: FixedDecimal = "0.001"
  public var taker: FixedDecimal = "0.001"
  /// Used in turn, fill by fill, so that one order can pay in several assets (fault OL03).
  public var modes: [Mode] = [.received]
  /// Share of the fee that is still due when it is paid in the discount asset.
  public var discountFactor: FixedDecimal = "0.75"

  public init() {}

  public static var free: CommissionPlan {
    var plan = CommissionPlan()
    plan.maker = .zero
    plan.taker = .zero
    return plan
  }
}
