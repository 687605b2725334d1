/// One place that breaks a rule, with what to do instead.
struct Finding: Equatable, CustomStringConvertible, Sendable {
  let path: String
  let line: Int
  let advice: String

  var description: String { "\(path):\(line): \(advice)" }
}

/// Something that every file has to keep to. Rules are values in lists, so that a reader sees all of them at once
/// and each can be shown to fail on a bad sample.
struct Rule: Sendable {
  let name: String
  let judge: @Sendable (SourceText) -> [Finding]

  func findings(in files: [SourceText]) -> [Finding] { files.flatMap(judge) }
}

extension Rule {
  /// A word that may not stand in code.
  ///
  /// - Parameters:
  ///   - word: found as whole words only, outside comments and strings.
  ///   - instead: what to write; it becomes the message.
  ///   - places: the files the ban holds for.
  ///   - excuse: true for a line that may have it after all; sees the file and the line number.
  static func ban(
    _ word: String, instead: String, in places: Places,
    unless excuse: @escaping @Sendable (SourceText, Int) -> Bool = { _, _ in false }
  ) -> Rule {
    Rule(name: word) { file in
      guard places.contain(file.path) else { return [] }
      return Search.words(word, in: file.code).map { file.line(at: $0) }.filter { !excuse(file, $0) }
        .map { Finding(path: file.path, line: $0, advice: "`\(word)` is banned here: \(instead)") }
    }
  }
}

/// A set of files, by path.
struct Places: Sendable {
  let prefixes: [String]
  let except: [String]

  init(_ prefixes: [String], except: [String] = []) {
    self.prefixes = prefixes
    self.except = except
  }

  func contain(_ path: String) -> Bool {
    path.hasSuffix(".swift") && prefixes.contains { path.hasPrefix($0) } && !except.contains { path.hasPrefix($0) }
  }

  static let sources = Places(["Sources/", "sql/"])
  static let tests = Places(["Tests/"])
  static let allSwift = Places(["Sources/", "sql/", "Tests/", "Package.swift"])

  static func modules(_ names: [String]) -> Places { Places(names.map { "Sources/\($0)/" }) }
}
