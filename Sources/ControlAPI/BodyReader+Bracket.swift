import Trading

extension BodyReader {
  /// `{"stop": {"percent"|"price"}, "take_profits": [{"percent"|"price", "share"}], "take_profit_style",
  /// "on_crossed_stop"}`.
  mutating func bracket(_ name: String) throws(ControlRefusal) -> Bracket? {
    guard var reader = try object(name) else { return nil }
    var stop: Bracket.Level?
    if var level = try reader.object("stop") {
      stop = try level.level()
      try level.finish()
    }
    var targets: [Bracket.TakeProfit] = []
    let values = try reader.array("take_profits", countMax: Bracket.takeProfitsMax) ?? []
    for (index, value) in values.enumerated() {
      var target = try BodyReader(value, path: reader.label("take_profits[\(index)]"))
      let level = try target.level()
      let share = try target.decimal("share")
      try target.finish()
      // A single target without a share means all of it; with more, guessing would be gambling.
      guard let share = share ?? (values.count == 1 ? .one : nil) else { throw target.missing("share") }
      targets.append(Bracket.TakeProfit(level, share: share))
    }
    let style = try reader.choice("take_profit_style", TakeProfitStyle.allCases.map { ($0.rawValue, $0) })
    let crossed = try reader.choice("on_crossed_stop", CrossedStopPolicy.allCases.map { ($0.rawValue, $0) })
    try reader.finish()
    let bracket = Bracket(
      stop: stop, takeProfits: targets, onCrossedStop: crossed ?? .exit, takeProfitStyle: style ?? .trigger)
    if let defect = bracket.defect {
      throw ControlRefusal(
        .invalid, "invalid_bracket", defect.description,
        hint: "correct \(label(name)) and send it again; nothing was done")
    }
    return bracket
  }

  private mutating func level() throws(ControlRefusal) -> Bracket.Level {
    switch (try decimal("percent"), try decimal("price")) {
    case (let percent?, nil): return .percent(percent)
    case (nil, let price?): return .price(price)
    case (nil, nil): throw missing("percent or price")
    case (.some, .some): throw Self.defect(label("percent"), "stands beside price", "give one of the two")
    }
  }
}
