@testable import Simulation
import Testing
import Trading

struct NakedGrowthTests {
  private static func second(_ number: Int64) -> Instant { Instant(nanoseconds: number * 1_000_000_000) }

  @Test func `pieces that are covered a second after each other are naked for a second each`() {
    var growth = NakedGrowth("1", at: Self.second(0))
    #expect(growth.oldest(beyond: "0", "0") == Self.second(0))
    growth.grow(to: "2", at: Self.second(1))
    #expect(growth.oldest(beyond: "1", "0") == Self.second(1))
    growth.grow(to: "3", at: Self.second(2))
    #expect(growth.oldest(beyond: "2", "0") == Self.second(2))
  }

  @Test func `what no stop has reached waits since it came, whatever came later`() {
    var growth = NakedGrowth("1", at: Self.second(0))
    growth.grow(to: "2", at: Self.second(1))
    growth.grow(to: "3", at: Self.second(2))
    #expect(growth.oldest(beyond: "0.9", "0") == Self.second(0))
    #expect(growth.oldest(beyond: "0.9", "0.1") == Self.second(1))
  }

  @Test func `what was sold is the youngest's`() {
    var growth = NakedGrowth("1", at: Self.second(0))
    growth.grow(to: "2", at: Self.second(1))
    growth.grow(to: "3", at: Self.second(2))
    growth.grow(to: "1.5", at: Self.second(3))
    growth.grow(to: "3", at: Self.second(4))
    #expect(growth.oldest(beyond: "1", "0") == Self.second(1))
    #expect(growth.oldest(beyond: "1.5", "0") == Self.second(4))
  }

  @Test func `the same quantity again changes nothing`() {
    var growth = NakedGrowth("1", at: Self.second(0))
    growth.grow(to: "2", at: Self.second(1))
    growth.grow(to: "2", at: Self.second(5))
    #expect(growth.oldest(beyond: "1", "0") == Self.second(1))
  }
}
