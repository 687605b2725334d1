import Yams

/// One mapping of the document while it is read: knows its path, refuses keys it was not told of, and reports problems
/// where they stand.
struct Section {
  let path: String
  let mark: Mark?
  let problems: ProblemList
  private let values: [String: Node]

  /// - Returns: `nil`, with a problem, when the node is no mapping.
  init?(_ node: Node, path: String, keys: [String], problems: ProblemList) {
    guard let mapping = node.mapping else {
      problems.add(node.mark, path, "expected keys and values here", "known keys: \(keys.joined(separator: ", "))")
      return nil
    }
    self.path = path
    self.mark = node.mark
    self.problems = problems
    var values: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string, keys.contains(name) else {
        let text = Self.shown(key.scalar?.string ?? "(not a text)")
        let nearest = NearestKey.suggestion(for: text, among: keys)
        let advice = nearest.map { "did you mean '\($0)'?" } ?? "known keys: \(keys.joined(separator: ", "))"
        problems.add(key.mark, path, "unknown key '\(text)'", advice)
        continue
      }
      values[name] = value
    }
    self.values = values
  }

  /// The value of a key; `nil` when the key is absent, and, with a problem, when it has no value: an empty `stop:` must
  /// not mean "no stop".
  func value(_ key: String) -> Node? {
    guard let node = values[key] else { return nil }
    if let scalar = node.scalar, scalar.style == .plain, ["", "~", "null", "Null", "NULL"].contains(scalar.string) {
      problems.add(node.mark ?? mark, path(key), "has no value", "give it one or remove the key")
      return nil
    }
    return node
  }

  func has(_ key: String) -> Bool { values[key] != nil }

  func path(_ key: String) -> String { path.isEmpty ? key : path + "." + key }

  /// Where a key's value stands; the section itself when the key is absent.
  func mark(_ key: String) -> Mark? { values[key]?.mark ?? mark }

  func problem(_ key: String, _ message: String, _ advice: String) {
    problems.add(mark(key), path(key), message, advice)
  }

  func missing(_ key: String, _ advice: String) {
    guard !has(key) else { return }
    problems.add(mark, path(key), "is missing", advice)
  }

  func section(_ key: String, keys: [String]) -> Section? {
    value(key).flatMap { Section($0, path: path(key), keys: keys, problems: problems) }
  }

  /// The items of a list with their paths; empty, with a problem, when the value is no list.
  func list(_ key: String) -> [(node: Node, path: String)] {
    guard let node = value(key) else { return [] }
    guard let sequence = node.sequence else {
      problem(key, "expected a list", "write each item on its own line, starting with '- '")
      return []
    }
    return sequence.enumerated().map { (node: $0.element, path: "\(path(key))[\($0.offset)]") }
  }

  /// Text from the file, made harmless for terminals and logs and short enough to read.
  static func shown(_ text: String) -> String {
    let limit = 60
    let plain = String(
      text.unicodeScalars.prefix(limit).map { $0.properties.generalCategory == .control ? "?" : Character($0) })
    return text.unicodeScalars.count > limit ? plain + "…" : plain
  }
}
