import Testing

@testable import Simulation

struct CrashPointTests {
  @Test func `the process dies before the given effects and at no other time`() {
    var scenario = Scenario(seed: 11, only: [], isPlain: true)
    var whole = scenario.world()
    let uncut = whole.run()
    #expect(uncut.lives == 1)
    #expect(whole.effects > 100)
    scenario.crashPoints = [60]
    var once = scenario.world()
    let second = once.run()
    #expect(second.lives == 2)
    scenario.crashPoints = [60, 4]
    var twice = scenario.world()
    let third = twice.run()
    #expect(third.lives == 3)
  }

  @Test func `every tenth crash point of a world keeps all promises`() {
    var scenario = Scenario(seed: 11, only: [], isPlain: true)
    var whole = scenario.world()
    _ = whole.run()
    for point in stride(from: 1, through: whole.effects, by: 10) {
      scenario.crashPoints = [point]
      var world = scenario.world()
      let report = world.run()
      #expect(report.violations.isEmpty, "before effect \(point): \(report.violations)")
    }
  }
}
