import Trading

/// Reads the members of one JSON object, names what is wrong with them, and refuses members that nobody reads: a
/// misspelt `stop` must not become an entry without one.
struct BodyReader {
  private let members: [String: JSONValue]
  private let path: String
  private var unread: Set<String>

  init(bytes: [UInt8]) throws(ControlRefusal) {
    guard let value = JSONValue(parsing: bytes) else {
      throw ControlRefusal(.invalid, "bad_json", "the body is not valid JSON", hint: "send one JSON object")
    }
    try self.init(value, path: "")
  }

  init(_ value: JSONValue, path: String) throws(ControlRefusal) {
    guard case .object(let members) = value else {
      throw Self.defect(path.isEmpty ? "the body" : path, "is \(value.kind), not an object", "send a JSON object")
    }
    self.members = Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    self.path = path
    unread = Set(self.members.keys)
  }

  mutating func value(_ name: String) -> JSONValue? {
    unread.remove(name)
    let value = members[name]
    return value == .null ? nil : value
  }

  mutating func text(_ name: String, bytesMax: Int = 64) throws(ControlRefusal) -> String? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value else {
      throw Self.defect(label(name), "is \(value.kind), not a string", "put it in quotes")
    }
    let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard !text.isEmpty, text.utf8.count <= bytesMax, isPlain else {
      throw Self.defect(
        label(name), "is empty, too long or has control characters", "use 1 to \(bytesMax) printable bytes")
    }
    return text
  }

  mutating func requiredText(_ name: String, bytesMax: Int = 64) throws(ControlRefusal) -> String {
    guard let text = try text(name, bytesMax: bytesMax) else { throw missing(name) }
    return text
  }

  /// A positive decimal, written as a string: as a JSON number it would have passed through binary floating point.
  mutating func decimal(_ name: String) throws(ControlRefusal) -> FixedDecimal? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value else {
      throw Self.defect(label(name), "is \(value.kind)", "send decimals as strings, such as \"0.001\"")
    }
    guard let decimal = FixedDecimal(text), decimal.isPositive else {
      throw Self.defect(
        label(name), "is not a positive decimal", "write digits and at most one point, such as \"0.001\"")
    }
    return decimal
  }

  /// One of a closed set, in any case.
  mutating func choice<Value>(
    _ name: String, _ choices: [(String, Value)]
  ) throws(ControlRefusal) -> Value? {
    guard let text = try text(name)?.lowercased() else { return nil }
    if let match = choices.first(where: { $0.0 == text }) { return match.1 }
    let known = choices.map { "\"\($0.0)\"" }.joined(separator: ", ")
    throw Self.defect(label(name), "is not known", "use one of \(known)")
  }

  mutating func object(_ name: String) throws(ControlRefusal) -> BodyReader? {
    guard let value = value(name) else { return nil }
    return try BodyReader(value, path: label(name))
  }

  mutating func array(_ name: String, countMax: Int) throws(ControlRefusal) -> [JSONValue]? {
    guard let value = value(name) else { return nil }
    guard case .array(let values) = value, values.count <= countMax else {
      throw Self.defect(label(name), "is not an array of at most \(countMax)", "send [ … ]")
    }
    return values
  }

  /// Refuses what was not asked for.
  func finish() throws(ControlRefusal) {
    guard let name = unread.sorted().first else { return }
    let known = Set(members.keys).subtracting(unread).sorted().joined(separator: ", ")
    throw Self.defect(
      label(String(name.prefix(64))), "is not a member that is known here",
      known.isEmpty ? "remove it" : "check its spelling; understood were: \(known)")
  }

  func missing(_ name: String) -> ControlRefusal {
    ControlRefusal(.invalid, "missing_member", "\(label(name)) is missing", hint: "add it to the JSON object")
  }

  func label(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  static func defect(_ label: String, _ problem: String, _ hint: String) -> ControlRefusal {
    ControlRefusal(.invalid, "invalid_member", "\(label) \(problem)", hint: hint)
  }
}
