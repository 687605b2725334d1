import PaperVenue
import Trading

/// One world as a value that can be kept in a file: a seed, and, once it was shrunk, what was left of its choices.
public struct Scenario: Codable, Hashable, Sendable {
  public var seed: UInt64
  /// Fault classes that may strike; `nil`: all.
  public var only: [FaultClass]?
  /// The bot only enters; nobody else acts.
  public var isPlain: Bool?
  /// Which draws a seed stands for: nothing for the first edition, 2 to 5 with what these add (`WorldExtras`).
  public var edition: Int?
  /// No fault but this: each life of the process dies before the effect with this number.
  public var crashPoints: [Int]?
  /// What a shrunk world is made of, in place of what the seed would draw.
  public var rest: Rest?

  public struct Rest: Codable, Hashable, Sendable {
    public var faults: [FaultClass: Int]
    public var actors: [ActorClass]
    public var activeMilliseconds: Int64
    /// The choices before the world starts, and those while it runs.
    public var settings: Choices
    public var choices: Choices
    public var extras: WorldExtras?
  }

  /// The newest edition.
  public static let edition = 5

  public init(
    seed: UInt64, only: Set<FaultClass>? = nil, isPlain: Bool = false, edition: Int = Self.edition
  ) {
    self.seed = seed
    self.only = only?.sorted()
    self.isPlain = isPlain ? true : nil
    self.edition = edition > 1 ? edition : nil
  }

  /// The world, ready to run.
  public func world(keepsTrace: Bool = false) -> World {
    guard let rest else { return World(drawnOptions, keepsTrace: keepsTrace) }
    var settings = ChoiceTape(playing: rest.settings, isRecording: false)
    return World(
      options(rest, &settings), tape: ChoiceTape(playing: rest.choices, isRecording: false), keepsTrace: keepsTrace)
  }

  private var drawnOptions: WorldOptions {
    var settings = WorldOptions.settingsTape(seed: seed)
    return drawnOptions(&settings)
  }

  func drawnOptions(_ settings: inout ChoiceTape) -> WorldOptions {
    var options = WorldOptions.drawn(
      seed: seed, from: &settings, only: only.map(Set.init), plainActors: isPlain ?? false)
    // A world that was written down says itself what it adds; crash points are for worlds without anything else.
    if let edition, edition > 1, rest == nil, crashPoints == nil {
      options.drawExtras(
        edition, among: FaultClass.allCases.filter { only?.contains($0) ?? true }, plainActors: isPlain ?? false)
      options.forgetMissingFaults()
    }
    if let crashPoints {
      options.crashPoints = crashPoints
      options.faults = [.crash: 1]
      options.forgetMissingFaults()
    }
    return options
  }

  func options(_ rest: Rest, _ settings: inout ChoiceTape) -> WorldOptions {
    var options = drawnOptions(&settings)
    options.faults = rest.faults
    options.actors = Set(rest.actors)
    options.activePeriod = .milliseconds(rest.activeMilliseconds)
    options.extras = rest.extras ?? WorldExtras()
    options.applyExtras()
    options.forgetMissingFaults()
    return options
  }
}

extension WorldOptions {
  /// What a class set before the start goes with the class.
  mutating func forgetMissingFaults() {
    let usual = WorldOptions(seed: seed)
    if !has(.clockSkew) { clockError = min(max(clockError, .milliseconds(-8)), .milliseconds(8)) }
    if !has(.mirrorLag) { commitLag = usual.commitLag }
  }
}
