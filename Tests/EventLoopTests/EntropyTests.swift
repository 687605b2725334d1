import EventLoop
import Testing

@Suite struct EntropyTests {
  @Test func `one seed gives one sequence, two seeds give two`() {
    var first = Entropy.seeded(42)
    var same = Entropy.seeded(42)
    var other = Entropy.seeded(43)
    let sequence = (0..<16).map { _ in first.next() }
    #expect(sequence == (0..<16).map { _ in same.next() })
    #expect(sequence != (0..<16).map { _ in other.next() })
  }

  @Test func `1,000 numbers from the kernel are all different`() {
    var entropy = Entropy.system
    #expect(Set((0..<1_000).map { _ in entropy.next() }).count == 1_000)
  }
}
