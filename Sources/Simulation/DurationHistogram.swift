/// Milliseconds in bins of at most 3 % width, the largest value exactly: its size does not grow with what it counts.
public struct DurationHistogram: Sendable, Hashable, Codable {
  /// Values below this have a bin each; above it, each doubling has half as many.
  private static let exactBelow: Int64 = 64

  public private(set) var count = 0
  public private(set) var max: Int64 = 0
  /// By the least value of each bin.
  private var bins: [Int64: Int] = [:]

  public init() {}

  public mutating func add(_ milliseconds: Int64) {
    count += 1
    max = Swift.max(max, milliseconds)
    bins[Self.bin(milliseconds), default: 0] += 1
  }

  public mutating func merge(_ other: DurationHistogram) {
    count += other.count
    max = Swift.max(max, other.max)
    bins.merge(other.bins, uniquingKeysWith: +)
  }

  /// The least value of the bin that holds the `perMille`th part of all; 0 when there is none.
  public func quantile(perMille: Int) -> Int64 {
    let wanted = Swift.max(1, (count * perMille + 999) / 1000)
    var seen = 0
    for (value, count) in bins.sorted(by: { $0.key < $1.key }) {
      seen += count
      if seen >= wanted { return value }
    }
    return max
  }

  private static func bin(_ value: Int64) -> Int64 {
    guard value >= exactBelow else { return Swift.max(0, value) }
    let shift = value.bitWidth - value.leadingZeroBitCount - 6
    return (value >> shift) << shift
  }
}
