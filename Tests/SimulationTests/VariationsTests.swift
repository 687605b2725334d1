import Testing

@testable import Simulation

/// Worlds beside known ones.
struct VariationsTests {
  private func fingerprints(_ numbers: ClosedRange<UInt64>) -> [UInt64] {
    var variations = Variations(of: [Scenario(seed: 42), Scenario(seed: 526)])
    return numbers.map { number in
      var world = variations.scenario(number).world()
      return world.run().fingerprint
    }
  }

  @Test func `the same number is the same variation, whatever was varied before it`() {
    #expect(fingerprints(1...6).suffix(3) == fingerprints(4...6)[...])
  }

  @Test func `of 20 variations of two worlds at least 15 differ from each other`() {
    #expect(Set(fingerprints(1...20)).count >= 15)
  }

  @Test func `a world with all its choices written down runs as it did`() {
    let (written, report) = Scenario(seed: 42).recorded()
    var world = written.world()
    #expect(written.rest != nil)
    #expect(world.run().violations == report.violations)
    #expect(world.happenings == report.happenings)
  }
}
