/// One figure, beside what the simplest other way of doing the same costs on this machine in this very run.
struct Measurement {
  var name: String
  var value: Double
  var unit: String
  /// What the baseline is, for people.
  var baselineName: String?
  var baseline: Double?
  /// Value over baseline: the median over the rounds, each of which measured both.
  var ratio: Double?
  var budgets: [Budget] = []
  /// What the figure means or leaves out.
  var note = ""

  /// `nil` for a figure without a budget.
  var isMet: Bool? {
    budgets.isEmpty ? nil : budgets.allSatisfy { $0.isMet(value: value, ratio: ratio) }
  }

  var budgetText: String? {
    budgets.isEmpty ? nil : budgets.map { $0.text(unit: unit) }.joined(separator: ", ")
  }
}

extension Measurement: Encodable {
  private enum Key: String, CodingKey {
    case name, value, unit, baseline, ratio, budget, met
  }

  /// Every key is always there; what does not apply is `null`.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try container.encode(value, forKey: .value)
    try container.encode(unit, forKey: .unit)
    try container.encode(baseline, forKey: .baseline)
    try container.encode(ratio, forKey: .ratio)
    try container.encode(budgetText, forKey: .budget)
    try container.encode(isMet, forKey: .met)
  }
}
