import Trading

/// Many worlds added up. Campaigns of parts of the seeds merge into the campaign of all, in any order.
public struct Campaign: Sendable, Codable {
  /// A seed that did not end well.
  public struct Failure: Sendable, Hashable, Codable {
    public var seed: UInt64
    /// The promises that it broke; empty when the world did not come to an end.
    public var promises: [Promise]
    public var texts: [String]

    public init(seed: UInt64, promises: [Promise], texts: [String]) {
      self.seed = seed
      self.promises = promises
      self.texts = texts
    }
  }

  /// Failures kept with their texts; more are only counted.
  static let failuresMax = 500
  /// Violations kept of each.
  static let textsMax = 4

  public private(set) var seeds = 0
  public private(set) var faultFreeSeeds = 0
  public private(set) var happenings = 0
  public private(set) var fills = 0
  public private(set) var lives = 0
  /// Sales beyond what was held, by two guardians that wrote at once.
  public private(set) var racedSales = 0
  public private(set) var failed = 0
  public private(set) var failures: [Failure] = []
  /// Seeds run twice, and those of them that gave another fingerprint.
  public private(set) var runTwice = 0
  public private(set) var unstable: [UInt64] = []
  public private(set) var struck: [FaultClass: Int] = [:]
  /// Seeds by actor, by extra, and by fault class at full strength.
  public private(set) var traits: [String: Int] = [:]
  public private(set) var refusals: [String: Int] = [:]
  public private(set) var commands: [String: Int] = [:]
  public private(set) var reasons: [String: Int] = [:]
  /// Seeds that broke a promise, by promise.
  public private(set) var broken: [String: Int] = [:]
  /// Naked milliseconds by cause.
  public private(set) var naked: [String: DurationHistogram] = [:]
  public private(set) var reach = Reach()
  public private(set) var exposure = Exposure()
  /// Fingerprints of all seeds folded together, in an order-free way.
  public private(set) var digest: UInt64 = 0

  public init() {}

  public mutating func add(_ report: SeedReport) {
    seeds += 1
    if report.isFaultFree { faultFreeSeeds += 1 }
    happenings += report.happenings
    fills += report.fills
    lives += report.lives
    racedSales += report.racedSales
    digest = digest &+ (report.fingerprint ^ report.seed) &* 0x9E37_79B9_7F4A_7C15
    if !report.violations.isEmpty {
      let promises = Set(report.violations.map(\.promise)).sorted { $0.rawValue < $1.rawValue }
      let life =
        report.crashPoints.isEmpty
        ? "" : "dying before effect \(report.crashPoints.map(String.init).joined(separator: " and ")): "
      let texts = report.violations.prefix(Self.textsMax).map { life + $0.description }
      note(Failure(seed: report.seed, promises: promises, texts: Array(texts)))
    }
    struck.merge(report.struck, uniquingKeysWith: +)
    for trait in report.traits { traits[trait, default: 0] += 1 }
    refusals.merge(report.refusals, uniquingKeysWith: +)
    commands.merge(report.commands, uniquingKeysWith: +)
    reasons.merge(report.reasons, uniquingKeysWith: +)
    reach.merge(report.reach)
    exposure.merge(report.exposure)
    for interval in report.intervals {
      let isPlain = report.isFaultFree && interval.cause == "none"
      let name = isPlain ? "fault-free" : interval.cause + (interval.isExcused ? " (excused)" : "")
      naked[name, default: DurationHistogram()].add(interval.duration.wholeMilliseconds)
    }
  }

  /// A seed that broke a promise, or whose world did not end: its process died, or it ran for ever.
  public mutating func note(_ failure: Failure) {
    failed += 1
    for promise in failure.promises { broken[promise.rawValue, default: 0] += 1 }
    if failure.promises.isEmpty { broken["no end", default: 0] += 1 }
    if failures.count < Self.failuresMax { failures.append(failure) }
  }

  /// A seed was run a second time.
  public mutating func noteSecondRun(of seed: UInt64, isSame: Bool) {
    runTwice += 1
    if !isSame { unstable.append(seed) }
  }

  public mutating func merge(_ other: Campaign) {
    seeds += other.seeds
    faultFreeSeeds += other.faultFreeSeeds
    happenings += other.happenings
    fills += other.fills
    lives += other.lives
    racedSales += other.racedSales
    failed += other.failed
    failures = Array((failures + other.failures).sorted { $0.seed < $1.seed }.prefix(Self.failuresMax))
    runTwice += other.runTwice
    unstable = (unstable + other.unstable).sorted()
    struck.merge(other.struck, uniquingKeysWith: +)
    traits.merge(other.traits, uniquingKeysWith: +)
    refusals.merge(other.refusals, uniquingKeysWith: +)
    commands.merge(other.commands, uniquingKeysWith: +)
    reasons.merge(other.reasons, uniquingKeysWith: +)
    broken.merge(other.broken, uniquingKeysWith: +)
    for (cause, histogram) in other.naked { naked[cause, default: DurationHistogram()].merge(histogram) }
    reach.merge(other.reach)
    exposure.merge(other.exposure)
    digest = digest &+ other.digest
  }

  public var isClean: Bool { failed == 0 && unstable.isEmpty }
}
