import Trading

/// Many worlds added up.
public struct Campaign: Sendable {
  public private(set) var seeds = 0
  public private(set) var faultFreeSeeds = 0
  public private(set) var happenings = 0
  public private(set) var fills = 0
  public private(set) var lives = 0
  public private(set) var failures: [(seed: UInt64, violations: [Violation])] = []
  public private(set) var unstable: [UInt64] = []
  public private(set) var struck: [FaultClass: Int] = [:]
  public private(set) var refusals: [String: Int] = [:]
  public private(set) var commands: [String: Int] = [:]
  public private(set) var reasons: [String: Int] = [:]
  /// Naked milliseconds by cause.
  public private(set) var naked: [String: [Int64]] = [:]
  /// Fingerprints of all seeds folded together.
  public private(set) var digest: UInt64 = 0

  public init() {}

  public mutating func add(_ report: SeedReport) {
    seeds += 1
    if report.isFaultFree { faultFreeSeeds += 1 }
    happenings += report.happenings
    fills += report.fills
    lives += report.lives
    digest = (digest ^ report.fingerprint) &* 0x0000_0100_0000_01b3
    if !report.violations.isEmpty { failures.append((report.seed, report.violations)) }
    struck.merge(report.struck, uniquingKeysWith: +)
    refusals.merge(report.refusals, uniquingKeysWith: +)
    commands.merge(report.commands, uniquingKeysWith: +)
    reasons.merge(report.reasons, uniquingKeysWith: +)
    for interval in report.intervals {
      let name =
        report.isFaultFree && interval.cause == "none"
        ? "fault-free" : interval.cause + (interval.isExcused ? " (excused)" : "")
      naked[name, default: []].append(interval.duration.wholeMilliseconds)
    }
  }

  /// A seed that gave another fingerprint the second time.
  public mutating func noteUnstable(_ seed: UInt64) { unstable.append(seed) }

  public var isClean: Bool { failures.isEmpty && unstable.isEmpty }
}
