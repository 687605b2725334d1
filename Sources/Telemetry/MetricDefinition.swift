/// One metric as the catalog states it. Its series are fixed by the closed value sets of its labels, so all of them can
/// exist from the start and no text from the wire can create one.
public struct MetricDefinition: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    /// Only grows.
    case counter
    case gauge
    case histogram
  }

  public let name: String
  public let kind: Kind
  /// One line for people, with the unit.
  public let help: String
  public let labels: [MetricLabel]
  /// Upper bounds of a histogram's buckets, ascending, without `+Inf`; empty for other kinds.
  public let buckets: [Double]
  /// What a series shows before anything happened.
  public let initial: Double

  public init(
    _ name: String, _ kind: Kind, _ help: String, labels: [MetricLabel] = [], buckets: [Double] = [],
    initial: Double = 0
  ) {
    precondition(kind != .histogram || !buckets.isEmpty, "a histogram needs buckets")
    precondition(zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 }, "bucket bounds ascend")
    self.name = name
    self.kind = kind
    self.help = help
    self.labels = labels
    self.buckets = buckets
    self.initial = initial
  }

  /// Number of series: the product of the labels' value sets.
  public var seriesCount: Int { labels.reduce(1) { $0 * $1.values.count } }
}

/// A label and every value that it can have.
public struct MetricLabel: Hashable, Sendable {
  /// Where a value outside of the set goes, when the set has it.
  public static let other = "other"

  public let name: String
  public let values: [String]

  public init(_ name: String, _ values: [String]) {
    self.name = name
    self.values = values
  }
}
