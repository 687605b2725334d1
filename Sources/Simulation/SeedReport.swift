import Trading

/// What became of one world.
public struct SeedReport: Sendable {
  public var seed: UInt64
  /// The effects before which the process was made to die, if it was.
  public var crashPoints: [Int]
  public var violations: [Violation]
  public var intervals: [NakedInterval]
  public var struck: [FaultClass: Int]
  public var refusals: [String: Int]
  public var commands: [String: Int]
  public var reasons: [String: Int]
  public var happenings: Int
  public var fills: Int
  /// Sales beyond what was held, by two guardians that wrote at once.
  public var racedSales: Int
  public var lives: Int
  public var fingerprint: UInt64
  public var isFaultFree: Bool
  /// Fault classes at full strength, actors and extras.
  public var traits: [String]
  public var reach: Reach
  public var exposure: Exposure
  public var trace: [Trace.Line]
}
