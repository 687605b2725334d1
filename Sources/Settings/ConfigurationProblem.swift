/// One thing that is wrong with a configuration: where, what, and what to do about it. Never contains a secret.
public struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
  /// 1-based; 0 when the problem belongs to the whole file.
  public var line: Int
  /// 1-based; 0 when not known.
  public var column: Int
  /// Where in the document, such as `accounts[0].brackets.default.stop`; empty for the whole file.
  public var path: String
  public var message: String
  public var advice: String

  public init(line: Int, column: Int, path: String, message: String, advice: String) {
    self.line = line
    self.column = column
    self.path = path
    self.message = message
    self.advice = advice
  }

  public var description: String {
    let place = line > 0 ? "line \(line), column \(column): " : ""
    let subject = path.isEmpty ? "" : path + ": "
    return place + subject + message + (advice.isEmpty ? "" : "; " + advice)
  }
}

/// A configuration that cannot be used: every problem at once, in the order of the file, so that one edit can fix them
/// all.
public struct InvalidConfiguration: Error, Hashable, Sendable, CustomStringConvertible {
  public var problems: [ConfigurationProblem]

  public init(problems: [ConfigurationProblem]) { self.problems = problems }

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
