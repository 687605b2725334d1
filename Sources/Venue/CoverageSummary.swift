public import Trading

/// What the coverage rows of any number of accounts come to: the figure on the page and in the metrics.
public struct CoverageSummary: Hashable, Sendable {
  /// Mean over the open positions of the part that live stops cover, 0 to 1: quantities of different assets cannot be
  /// summed, so each position weighs the same. 1 when nothing is open. Means nothing while `isUnknown`.
  public let rate: FixedDecimal
  /// Positions that hold more than dust and are not ignored.
  public let openPositions: Int
  /// Open positions of which a part has no live stop.
  public let nakedPositions: Int
  /// Rows by state; every state has a count.
  public let states: [CoverageRecord.State: Int]

  public var isUnknown: Bool { states[.unknown, default: 0] > 0 }

  public init(_ rows: [CoverageRecord]) {
    let open = rows.filter { $0.state != .ignored && $0.position > $0.dust }
    let parts = open.reduce(FixedDecimal.zero) { $0 + $1.coveredPart }
    rate = parts.divided(by: FixedDecimal(open.count)) ?? 1
    openPositions = open.count
    nakedPositions = open.count { $0.covered < $0.position - $0.dust }
    var states = Dictionary(uniqueKeysWithValues: CoverageRecord.State.allCases.map { ($0, 0) })
    for row in rows { states[row.state, default: 0] += 1 }
    self.states = states
  }
}

extension CoverageRecord {
  /// Dust cannot be covered and counts as covered.
  fileprivate var coveredPart: FixedDecimal {
    let coverable = position - dust
    guard covered < coverable else { return 1 }
    return covered.divided(by: coverable, .down) ?? 1
  }
}
