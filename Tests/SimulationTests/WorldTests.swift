import Simulation
import Testing

struct WorldTests {
  @Test func `the same seed gives the same trace`() {
    let options = WorldOptions.drawn(seed: 7)
    var first = World(options)
    var second = World(options)
    let reports = (first.run(), second.run())
    #expect(reports.0.fingerprint == reports.1.fingerprint)
  }
}
