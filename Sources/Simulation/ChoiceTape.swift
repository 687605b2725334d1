import PaperVenue
import Trading

/// Everything that a world leaves to chance is drawn here, from one seed. The only randomness of a simulation.
///
/// A tape can be recorded, and played again with changes: each place in the code and each fault and actor has its own
/// row of choices, so that taking one of them away moves none of the others.
public struct ChoiceTape: Sendable {
  /// Whose choice it is, where one function draws for several.
  enum Subject: Hashable, Sendable {
    case fault(FaultClass)
    case actor(ActorClass)

    var name: String {
      switch self {
      case .fault(let fault): fault.rawValue
      case .actor(let actor): actor.rawValue
      }
    }
  }

  private var random: SeededRandom
  /// How many choices were made so far; part of a trace's fingerprint.
  public private(set) var drawn = 0
  /// What was drawn, when it is recorded.
  private(set) var recorded: Choices?
  private var replayed: Choices?
  private var played: [String: Int] = [:]

  /// Of the choices that were given, those that were taken.
  var used: Choices {
    var result = Choices()
    for (row, values) in replayed?.rows ?? [:] {
      if let count = played[row] { result.rows[row] = Array(values.prefix(count)) }
    }
    return result
  }

  public init(seed: UInt64, isRecording: Bool = false) {
    random = SeededRandom(seed: seed)
    if isRecording { recorded = Choices() }
  }

  /// Plays `choices`. Where a row ends, the simplest value is taken: no fault, nothing moved, the middle of a duration.
  init(playing choices: Choices, isRecording: Bool) {
    random = SeededRandom(seed: 0)
    replayed = choices
    if isRecording { recorded = Choices() }
  }

  mutating func number(
    _ range: ClosedRange<Int64>, about subject: Subject? = nil, in place: StaticString = #function
  ) -> Int64 {
    drawn += 1
    guard recorded != nil || replayed != nil else { return random.number(in: range) }
    let simplest = range.contains(0) ? 0 : range.lowerBound
    return play(subject, place, orElse: simplest, from: { $0.number(in: range) }) {
      min(max($0, range.lowerBound), range.upperBound)
    }
  }

  mutating func chance(
    perMille: Int, about subject: Subject? = nil, in place: StaticString = #function
  ) -> Bool {
    guard perMille > 0 else { return false }
    drawn += 1
    guard recorded != nil || replayed != nil else { return random.chance(perMille: perMille) }
    return play(subject, place, orElse: 0, from: { $0.chance(perMille: perMille) ? 1 : 0 }) { $0 == 0 ? 0 : 1 } == 1
  }

  mutating func pick<Element>(
    _ options: [Element], about subject: Subject? = nil, in place: StaticString = #function
  ) -> Element {
    options[Int(number(0...Int64(options.count - 1), about: subject, in: place))]
  }

  /// A duration between two bounds, to the microsecond.
  mutating func duration(
    _ least: Duration, _ most: Duration, about subject: Subject? = nil, in place: StaticString = #function
  ) -> Duration {
    guard least < most else { return least }
    let range = least.wholeNanoseconds / 1000...most.wholeNanoseconds / 1000
    guard recorded != nil || replayed != nil else {
      drawn += 1
      return .microseconds(random.number(in: range))
    }
    drawn += 1
    let middle = range.lowerBound + (range.upperBound - range.lowerBound) / 2
    return .microseconds(
      play(subject, place, orElse: middle, from: { $0.number(in: range) }) {
        min(max($0, range.lowerBound), range.upperBound)
      })
  }

  private mutating func play(
    _ subject: Subject?, _ place: StaticString, orElse simplest: Int64,
    from draw: (inout SeededRandom) -> Int64, _ fit: (Int64) -> Int64
  ) -> Int64 {
    let row = subject?.name ?? "\(place)"
    var value: Int64
    if let replayed {
      let index = played[row, default: 0]
      played[row] = index + 1
      let values = replayed.rows[row] ?? []
      value = index < values.count ? fit(values[index]) : simplest
    } else {
      value = draw(&random)
    }
    recorded?.rows[row, default: []].append(value)
    return value
  }
}

/// The choices of a world, by the place, fault or actor that they were made for, each row in order.
public struct Choices: Codable, Hashable, Sendable {
  public var rows: [String: [Int64]] = [:]

  public init(rows: [String: [Int64]] = [:]) { self.rows = rows }

  public init(from decoder: any Decoder) throws { rows = try [String: [Int64]](from: decoder) }
  public func encode(to encoder: any Encoder) throws { try rows.encode(to: encoder) }
}
