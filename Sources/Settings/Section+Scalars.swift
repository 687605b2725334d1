import Trading
import Yams

// Typed values. Each answers `nil` when the key is absent or, with a problem, when its value does not fit.
extension Section {
  func scalar(_ key: String) -> Node.Scalar? {
    guard let node = value(key) else { return nil }
    guard let scalar = node.scalar else {
      problem(key, "expected one value, not a list or a mapping", "write '\(key): value'")
      return nil
    }
    return scalar
  }

  func text(_ key: String) -> String? {
    guard let text = scalar(key)?.string else { return nil }
    guard !text.isEmpty else {
      problem(key, "is empty", "give it a value or remove the key")
      return nil
    }
    return text
  }

  func flag(_ key: String) -> Bool? {
    guard let text = text(key) else { return nil }
    switch text {
    case "true": return true
    case "false": return false
    default:
      problem(key, "'\(Self.shown(text))' is neither true nor false", "write true or false")
      return nil
    }
  }

  func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) -> Choice?
  where Choice.RawValue == String {
    guard let text = text(key) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let known = Choice.allCases.map(\.rawValue)
    let nearest = NearestKey.suggestion(for: text, among: known).map { "did you mean '\($0)'? " } ?? ""
    problem(key, "'\(Self.shown(text))' is not known", nearest + "use one of: \(known.joined(separator: ", "))")
    return nil
  }

  /// A length of time with its unit: `400ms`, `15s`, `10m`, `24h`, `7d`.
  func duration(_ key: String, in range: ClosedRange<Duration>) -> Duration? {
    guard let text = text(key) else { return nil }
    guard let duration = DurationText.parse(text) else {
      problem(
        key, "'\(Self.shown(text))' is not a length of time",
        "write a whole number with its unit: 400ms, 15s, 10m, 24h, 7d")
      return nil
    }
    guard range.contains(duration) else {
      problem(
        key, "\(text) is out of range",
        "use \(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))")
      return nil
    }
    return duration
  }

  /// A quantity of money: plain decimals, quoted or not.
  func amount(_ key: String) -> FixedDecimal? {
    guard let text = text(key) else { return nil }
    guard let amount = FixedDecimal(text), !amount.isNegative else {
      problem(key, "'\(Self.shown(text))' is not an amount", "write plain decimals such as \"2500\" or \"0.5\"")
      return nil
    }
    return amount
  }

  /// A list of names, each at most once.
  func names(_ key: String) -> [String] {
    var names: [String] = []
    for item in list(key) {
      guard let name = item.node.scalar?.string, !name.isEmpty else {
        problems.add(item.node.mark, item.path, "expected a name", "write it as plain text, such as BTCUSDT")
        continue
      }
      guard !names.contains(name) else {
        problems.add(item.node.mark, item.path, "'\(Self.shown(name))' is listed twice", "keep one of them")
        continue
      }
      names.append(name)
    }
    return names
  }

  func symbols(_ key: String) -> [Symbol] {
    let names = names(key)
    for name in names where name != name.uppercased() {
      problem(
        key, "'\(Self.shown(name))' is not how the venue writes a symbol", "write \(Self.shown(name.uppercased()))")
    }
    return names.map { Symbol($0) }
  }
}
