import Trading
import PaperVenue

/// Everything that a world leaves to chance is drawn here, from one seed. The only randomness of a simulation.
public struct ChoiceTape: Sendable {
  private var random: SeededRandom
  /// How many choices were made so far; part of a trace's fingerprint.
  public private(set) var drawn = 0

  public init(seed: UInt64) { random = SeededRandom(seed: seed) }

  public mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
    drawn += 1
    return random.number(in: range)
  }

  public mutating func chance(perMille: Int) -> Bool {
    guard perMille > 0 else { return false }
    drawn += 1
    return random.chance(perMille: perMille)
  }

  public mutating func pick<Element>(_ options: [Element]) -> Element {
    options[Int(number(0...Int64(options.count - 1)))]
  }

  /// A duration between two bounds, to the microsecond.
  public mutating func duration(_ least: Duration, _ most: Duration) -> Duration {
    guard least < most else { return least }
    return .microseconds(number(least.wholeNanoseconds / 1000...most.wholeNanoseconds / 1000))
  }
}
