import Trading
import Yams

/// Reads `brackets`: the account's default and the rules in front of it.
struct BracketsSection {
  private let account: Section

  /// Rules are tried one after the other for every entry; more are a generated file, not a policy.
  static let rulesMax = 200

  init(_ account: Section) { self.account = account }

  func read() -> BracketPolicy {
    guard let section = account.section("brackets", keys: ["default", "rules"]) else { return BracketPolicy() }
    let standard = section.value("default").flatMap {
      BracketSection(Section($0, path: section.path("default"), keys: BracketSection.keys, problems: section.problems))?
        .read()
    }
    let rules = section.list("rules")
    if rules.count > Self.rulesMax {
      section.problem("rules", "has \(rules.count) rules", "use at most \(Self.rulesMax)")
    }
    return BracketPolicy(
      rules: rules.prefix(Self.rulesMax).compactMap { rule($0.node, path: $0.path, section.problems) },
      standard: standard ?? .standard)
  }

  private func rule(_ node: Node, path: String, _ problems: ProblemList) -> BracketRule? {
    let keys = ["name", "symbols", "side", "client_order_id_prefix", "strategy", "bracket"]
    guard let section = Section(node, path: path, keys: keys, problems: problems) else { return nil }
    section.missing("name", "it is recorded with each lot that the rule decided")
    section.missing("bracket", "give the rule's bracket, or write bracket: ignore")
    let name = section.text("name")
    let treatment = treatment(section)
    let rule = BracketRule(
      name: name ?? "", symbols: section.symbols("symbols"),
      side: section.choice("side", EntrySide.self).map { $0 == .buy ? .buy : .sell },
      clientOrderIDPrefix: section.text("client_order_id_prefix"),
      strategy: section.text("strategy").map { StrategyID($0) }, treatment: treatment ?? .ignore)
    return name == nil || treatment == nil ? nil : rule
  }

  private enum EntrySide: String, CaseIterable {
    case buy, sell
  }

  private func treatment(_ section: Section) -> BracketPolicy.Treatment? {
    guard let node = section.value("bracket") else { return nil }
    if let text = node.scalar?.string {
      if text == "ignore" { return .ignore }
      section.problem("bracket", "'\(Section.shown(text))' is no bracket", "write 'ignore' or a stop and take-profits")
      return nil
    }
    let bracket = Section(node, path: section.path("bracket"), keys: BracketSection.keys, problems: section.problems)
    return BracketSection(bracket)?.read().map { .protect($0) }
  }
}
