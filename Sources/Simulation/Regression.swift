/// A world that once broke a promise, kept so that it never does again.
public struct Regression: Codable, Hashable, Sendable {
  /// What went wrong, in a sentence.
  public var finding: String
  /// The promise that broke.
  public var promise: Promise?
  public var scenario: Scenario

  public init(finding: String, promise: Promise?, scenario: Scenario) {
    self.finding = finding
    self.promise = promise
    self.scenario = scenario
  }
}
