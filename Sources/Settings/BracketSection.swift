import Trading
import Yams

/// Reads one bracket: a stop, take-profits and how to treat the corner cases.
struct BracketSection {
  static let keys = ["stop", "take_profits", "on_crossed_stop", "take_profit_style"]

  private let section: Section

  init?(_ section: Section?) {
    guard let section else { return nil }
    self.section = section
  }

  func read() -> Bracket? {
    section.missing("stop", "give a distance such as 1%, or write stop: none to go without one on purpose")
    let before = section.problems.problems.count
    let stop = readStop()
    let targets = section.list("take_profits").compactMap { takeProfit($0.node, path: $0.path) }
    let bracket = Bracket(
      stop: stop, takeProfits: targets,
      onCrossedStop: section.choice("on_crossed_stop", CrossedStopPolicy.self) ?? .exit,
      takeProfitStyle: section.choice("take_profit_style", TakeProfitStyle.self) ?? .trigger)
    guard section.problems.problems.count == before, section.has("stop") else { return nil }
    if let defect = bracket.defect {
      section.problems.add(
        mark(of: defect), path(of: defect), defect.description, advice(for: defect))
      return nil
    }
    return checkSides(bracket) ? bracket : nil
  }

  private func readStop() -> Bracket.Level? {
    if section.scalar("stop")?.string == "none" { return nil }
    guard section.has("stop") else { return nil }
    return section.level("stop", isStop: true)
  }

  private func takeProfit(_ node: Node, path: String) -> Bracket.TakeProfit? {
    guard let item = Section(node, path: path, keys: ["at", "share"], problems: section.problems) else { return nil }
    item.missing("at", "give a distance such as 2%, or a price in quotes")
    item.missing("share", "give the part of the lot, such as 50%")
    let level = item.level("at", isStop: false)
    let share = item.percentage("share", example: "50%")
    guard let level, let share else { return nil }
    guard share <= 100 else {
      item.problem("share", "\(share)% is more than the whole lot", "use a value above 0% and at most 100%")
      return nil
    }
    return Bracket.TakeProfit(level, share: share * "0.01")
  }

  /// With prices on both sides one can see without an entry price whether they are the right way round (fault CF04).
  private func checkSides(_ bracket: Bracket) -> Bool {
    guard case .price(let stop)? = bracket.stop else { return true }
    for (index, target) in bracket.takeProfits.enumerated() {
      guard case .price(let price) = target.level, price <= stop else { continue }
      section.problem(
        "stop", "stop \(stop) is on the wrong side: take-profit \(index + 1) at \(price) is not above it",
        "for a long position the stop is below the entry and every take-profit above it")
      return false
    }
    return true
  }

  private func mark(of defect: Bracket.Defect) -> Mark? { section.mark(key(of: defect)) }
  private func path(of defect: Bracket.Defect) -> String { section.path(key(of: defect)) }

  private func key(of defect: Bracket.Defect) -> String {
    switch defect {
    case .percentOutOfRange, .priceNotPositive, .stopOnWrongSide, .empty: "stop"
    case .shareOutOfRange, .sharesDoNotSumToOne, .takeProfitOnWrongSide, .tooManyTakeProfits: "take_profits"
    }
  }

  private func advice(for defect: Bracket.Defect) -> String {
    switch defect {
    case .sharesDoNotSumToOne: "the shares of all take-profits must sum to 100%"
    case .empty: "name a stop or at least one take-profit; to leave entries alone use a rule with bracket: ignore"
    case .percentOutOfRange, .priceNotPositive, .stopOnWrongSide, .shareOutOfRange, .takeProfitOnWrongSide,
      .tooManyTakeProfits:
      ""
    }
  }
}

extension Section {
  /// A distance (`1%`) or a price in quotes (`"57000"`). A bare number is refused: it could mean either (fault CF06).
  func level(_ key: String, isStop: Bool) -> Bracket.Level? {
    guard let scalar = scalar(key) else { return nil }
    if scalar.string.hasSuffix("%") {
      return percentage(key, example: "1%", isStop: isStop).map { .percent($0) }
    }
    guard scalar.style == .doubleQuoted || scalar.style == .singleQuoted else {
      let text = Self.shown(scalar.string)
      problem(
        key, "'\(text)' has no unit",
        "write \(text)% for a distance from the entry, or \"\(text)\" in quotes for a price")
      return nil
    }
    guard let price = FixedDecimal(scalar.string), price.isPositive else {
      problem(key, "'\(Self.shown(scalar.string))' is no price", "write plain decimals above zero, such as \"57000\"")
      return nil
    }
    return .price(price)
  }

  /// A positive percentage below its bound.
  func percentage(_ key: String, example: String, isStop: Bool = false) -> FixedDecimal? {
    guard let text = text(key) else { return nil }
    guard text.hasSuffix("%"), let value = FixedDecimal(text.dropLast()) else {
      problem(key, "'\(Self.shown(text))' is no percentage", "write it with its unit, such as \(example)")
      return nil
    }
    if value.isNegative {
      problem(
        key, "\(text) is on the wrong side",
        "levels are distances: write \(value.magnitude)%; the stop goes below the entry, profits above it"
      )
      return nil
    }
    let limit: FixedDecimal = isStop ? 100 : 10_000
    guard value.isPositive, value < limit else {
      problem(key, "\(text) is out of range", "use a percentage above 0% and below \(limit)%")
      return nil
    }
    return value
  }
}
