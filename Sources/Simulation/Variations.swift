import PaperVenue
import Trading

/// Worlds beside known ones: what broke a promise once lies near what breaks one still. Each is one of the known worlds
/// with a few of its choices changed; the same number always stands for the same change.
public struct Variations {
  /// Choices changed at the most: 2 to the power of this.
  private static let changesMaxPower: Int64 = 6

  private let known: [Scenario]
  private var recorded: [Int: Scenario] = [:]

  /// - Parameter known: at least one.
  public init(of known: [Scenario]) { self.known = known }

  /// Variation `number`; the known worlds take turns.
  public mutating func scenario(_ number: UInt64) -> Scenario {
    let index = Int(number % UInt64(known.count))
    let base = recorded(index)
    var varied = base
    guard var rest = base.rest else { return base }
    var random = SeededRandom(seed: number)
    for _ in 0..<(1 << random.number(in: 0...Self.changesMaxPower)) {
      // What a world begins with has few choices, each of which changes all of it.
      if random.chance(perMille: 30) {
        Self.change(&rest.settings, &random)
      } else {
        Self.change(&rest.choices, &random)
      }
    }
    varied.rest = rest
    // A report names the variation, not the world that it is one of.
    varied.seed = number
    return varied
  }

  /// A known world with its choices written down, once.
  private mutating func recorded(_ index: Int) -> Scenario {
    if known[index].rest != nil { return known[index] }
    if let scenario = recorded[index] { return scenario }
    let scenario = known[index].recorded().scenario
    recorded[index] = scenario
    return scenario
  }

  /// Changes one choice. Each row is as likely as any other: the rare choices are the telling ones. Where a value does
  /// not fit, the tape takes the nearest that does.
  private static func change(_ choices: inout Choices, _ random: inout SeededRandom) {
    let names = choices.rows.keys.sorted()
    guard !names.isEmpty else { return }
    let name = names[Int(random.number(in: 0...Int64(names.count - 1)))]
    guard var row = choices.rows[name], !row.isEmpty else { return }
    let index = Int(random.number(in: 0...Int64(row.count - 1)))
    let other = row[Int(random.number(in: 0...Int64(row.count - 1)))]
    switch random.number(in: 0...7) {
    case 0: row[index] = other
    case 1: row[index] = 0
    case 2: row[index] += 1
    case 3: row[index] -= 1
    case 4: row[index] /= 2
    case 5: row[index] = row[index] / 2 + other / 2
    case 6: row.insert(other, at: index)
    default: row.remove(at: index)
    }
    choices.rows[name] = row
  }
}

extension Scenario {
  /// The world of a seed with all its choices written down, up to where it `stopsAt`, and what came of it.
  func recorded(stopsAt: Promise? = nil) -> (scenario: Scenario, report: SeedReport) {
    var settings = WorldOptions.settingsTape(seed: seed, isRecording: true)
    let options = drawnOptions(&settings)
    var world = World(options, tape: ChoiceTape(seed: seed, isRecording: true), keepsTrace: false)
    world.stopsAt = stopsAt
    let report = world.run()
    var written = self
    written.rest = Rest(
      faults: options.faults, actors: options.actors.sorted { $0.rawValue < $1.rawValue },
      activeMilliseconds: options.activePeriod.wholeMilliseconds, settings: settings.recorded ?? Choices(),
      choices: world.tape.recorded ?? Choices(), extras: options.extras.isEmpty ? nil : options.extras)
    return (written, report)
  }
}
