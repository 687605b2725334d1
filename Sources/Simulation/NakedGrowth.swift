import Trading

/// How much could have a stop, and since when, while part of it has none. An entry that fills in many pieces is naked
/// in its youngest piece as long as it fills, however soon each is covered; what counts is how long the oldest waits.
struct NakedGrowth: Sendable {
  private struct Level: Sendable {
    var quantity: FixedDecimal
    var since: Instant
  }

  /// Rising in both.
  private var levels: [Level] = []

  init() {}

  init(_ coverable: FixedDecimal, at now: Instant) { levels = [Level(quantity: coverable, since: now)] }

  /// Takes what could have a stop now, base units. What was sold is the youngest's.
  mutating func grow(to coverable: FixedDecimal, at now: Instant) {
    while levels.count > 1, levels[levels.count - 2].quantity >= coverable { levels.removeLast() }
    guard let last = levels.last, last.quantity >= coverable else {
      return levels.append(Level(quantity: coverable, since: now))
    }
    levels[levels.count - 1].quantity = coverable
  }

  /// Since when something waits that stops of `cover` do not reach, `tolerance` apart; what they have reached once
  /// waits no more.
  mutating func oldest(beyond cover: FixedDecimal, _ tolerance: FixedDecimal) -> Instant? {
    while let first = levels.first, first.quantity <= cover + tolerance { levels.removeFirst() }
    return levels.first?.since
  }
}
