import Yams

/// Collects what is wrong while a document is read; shared by all sections of one reading.
final class ProblemList {
  /// More than this many lines help nobody; a file of another kind would produce one per key.
  static let problemsMax = 50

  private(set) var problems: [ConfigurationProblem] = []

  func add(_ mark: Mark?, _ path: String, _ message: String, _ advice: String) {
    guard problems.count < Self.problemsMax else { return }
    problems.append(
      ConfigurationProblem(
        line: mark?.line ?? 0, column: mark?.column ?? 0, path: path, message: message, advice: advice))
  }

  /// In the order of the file.
  var sorted: [ConfigurationProblem] {
    problems.enumerated()
      .sorted { ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset) }
      .map(\.element)
  }
}
