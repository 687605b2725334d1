import Simulation

/// What a campaign reached, for people.
enum ReachText {
  static func summary(_ reach: Reach, unreached: [ReachCell], isJudged: Bool) -> String {
    let possible = Reach.possible.count
    var lines = [
      "reached: \(possible - unreached.count) of \(possible) cells fault × state, \(reach.crashPoints.count) kinds of crash point"
    ]
    if !unreached.isEmpty {
      // A small campaign, or one of few faults, leaves most of them out: their names would say nothing.
      let names = unreached.map(\.name).joined(separator: ", ")
      lines.append(isJudged ? "NOT REACHED: \(names)" : "the rest is judged in larger campaigns of all faults")
    }
    return lines.joined(separator: "\n")
  }
}
