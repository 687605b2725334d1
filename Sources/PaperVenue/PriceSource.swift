public import Trading

/// Where prices come from: a value that gives one price after another. Pure; the pace is the caller's.
public protocol PriceSource: Sendable {
  /// The next price, or `nil` when the path is over.
  mutating func next() -> FixedDecimal?
}

/// A seeded random walk with gaps, always on the tick grid and never at or below one tick.
public struct RandomWalk: PriceSource, Hashable, Sendable {
  private var random: SeededRandom
  private var price: FixedDecimal
  private let tick: FixedDecimal
  private let stepMax: Int64
  private let gapPerMille: Int
  private let gapMax: Int64

  /// - Parameter stepBasisPointsMax: largest ordinary step, in hundredths of a percent of the starting price.
  /// - Parameter gapPerMille: how often a step is a gap.
  /// - Parameter gapBasisPointsMax: largest gap.
  public init(
    seed: UInt64, start: FixedDecimal, tick: FixedDecimal = "0.01", stepBasisPointsMax: Int64 = 5, gapPerMille: Int = 0,
    gapBasisPointsMax: Int64 = 300
  ) {
    random = SeededRandom(seed: seed)
    price = start
    self.tick = tick
    let ticks = start.steps(of: tick)
    stepMax = Swift.max(1, ticks / 10_000 * stepBasisPointsMax)
    gapMax = Swift.max(1, ticks / 10_000 * gapBasisPointsMax)
    self.gapPerMille = gapPerMille
  }

  public mutating func next() -> FixedDecimal? {
    let most = random.chance(perMille: gapPerMille) ? gapMax : stepMax
    let moved = price + tick * FixedDecimal(Int(random.number(in: -most...most)))
    price = FixedDecimal.max(moved, tick)
    return price
  }
}

/// Prices written down.
public struct ScriptedPrices: PriceSource, Hashable, Sendable {
  private var prices: ArraySlice<FixedDecimal>

  public init(_ prices: [FixedDecimal]) { self.prices = prices[...] }

  public mutating func next() -> FixedDecimal? { prices.popFirst() }
}
