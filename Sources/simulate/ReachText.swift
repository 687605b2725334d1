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
}
