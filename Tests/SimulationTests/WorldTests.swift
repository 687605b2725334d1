import Simulation
import Testing

struct WorldTests {
  @Test func `the same seed gives the same trace`() {
    let options = WorldOptions.drawn(seed: 7)
    var first = World(options)
    var second = World(options)
    #expect(first.run().fingerprint == second.run().fingerprint)
  }
}
