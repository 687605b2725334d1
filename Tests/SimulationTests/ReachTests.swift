import Testing

@testable import Simulation

struct ReachTests {
  @Test func `what cannot happen has not happened in 60 worlds`() {
    var reach = Reach()
    for seed in UInt64(1)...60 {
      var world = Scenario(seed: seed).world()
      reach.merge(world.run().reach)
    }
    for fault in FaultClass.allCases {
      for state in GuardianState.allCases {
        let cell = ReachCell(fault: fault, state: state)
        guard let reason = Reach.impossible(cell) else { continue }
        #expect(reach.count(cell) == 0, "\(cell.name) is declared impossible: \(reason)")
      }
    }
    #expect(reach.unreached.count < Reach.possible.count * 2 / 3)
    #expect(reach.crashPoints.count > 5)
  }

  @Test func `nothing reached is everything unreached`() { #expect(Reach().unreached == Reach.possible) }
}
