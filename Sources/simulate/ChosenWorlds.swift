import Simulation

/// The worlds that were chosen, by their seeds.
struct ChosenWorlds {
  let choice: WorldChoice
  var variations: Variations?

  mutating func scenario(_ seed: UInt64) -> Scenario {
    if let varied = variations?.scenario(seed) { return varied }
    let classes = choice.only.map { Set($0.split(separator: ",").compactMap { FaultClass(rawValue: String($0)) }) }
    return Scenario(seed: seed, only: classes, isPlain: choice.plain, edition: choice.edition)
  }

  /// All scenarios that a seed stands for.
  mutating func scenarios(_ seed: UInt64) -> [Scenario] {
    guard choice.crashPoints else { return [scenario(seed)] }
    var plain = Scenario(seed: seed, only: [], isPlain: choice.plain)
    var world = plain.world()
    _ = world.run()
    return (1...max(1, world.effects)).flatMap { first -> [Scenario] in
      var points = [[first]]
      if choice.pairs { points += (0..<Self.secondCrashes).map { [first, 1 << $0] } }
      return points.map {
        plain.crashPoints = $0
        return plain
      }
    }
  }

  /// A start takes about a hundred effects until everything is covered again.
  private static let secondCrashes = 8
}
