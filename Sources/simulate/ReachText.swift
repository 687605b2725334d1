import Simulation

/// What a campaign reached, for people.
enum ReachText {
  static func summary(_ reach: Reach, unreached: [ReachCell], isJudged: Bool) -> String {
    let possible = Reach.possible.count
    var lines = [
      "reached: \(possible - unreached.count) of \(possible) cells fault × state, \(reach.crashPoints.count) kinds of crash point"
    ]
    if !unreached.isEmpty {
      let word = isJudged ? "NOT REACHED" : "not reached (judged in larger campaigns of all faults)"
      lines.append("\(word): " + unreached.map(\.name).joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }

  /// A table in Markdown: faults down, states across.
  static func table(_ reach: Reach) -> String {
    var lines = ["| fault | " + GuardianState.allCases.map(\.rawValue).joined(separator: " | ") + " |"]
    lines.append("|---|" + String(repeating: "--:|", count: GuardianState.allCases.count))
    for fault in FaultClass.allCases {
      let cells = GuardianState.allCases.map { state -> String in
        let cell = ReachCell(fault: fault, state: state)
        let count = reach.count(cell)
        return count == 0 && Reach.impossible(cell) != nil ? "–" : String(count)
      }
      lines.append("| \(fault.rawValue) | " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }
}
