import PaperVenue
import Trading
import Venue

/// Everything that a seed decides about its world before it starts: swarm testing, each seed another subset of faults
/// and actors at another strength.
public struct WorldOptions: Sendable {
  public var seed: UInt64
  /// Strength per fault class, in thousandths of what it hits; absent: never.
  public var faults: [FaultClass: Int] = [:]
  public var actors: Set<ActorClass> = []
  public var extras = WorldExtras()

  /// The process dies before these effects, each counted from its start: life by life, and at no other time.
  public var crashPoints: [Int] = []

  /// How long the world acts before it heals.
  var activePeriod: Duration = .seconds(60)
  /// One way between guardian and venue.
  var latencyLeast: Duration = .milliseconds(2)
  var latencyMost: Duration = .milliseconds(60)
  var commitLag: Duration = .milliseconds(20)
  /// How far the guardian's idea of the venue's clock is off.
  var clockError: Duration = .zero
  var grain = TimeGrain.milliseconds
  var repliesFollowEvents = false

  var rules = SymbolRules.bitcoin
  var startPrice: FixedDecimal = "60000"
  var depth = DepthModel.unlimited
  var commission = CommissionPlan()
  var variants = VenueVariants()
  var bracket = Bracket.standard
  /// Base units that the account holds before protection begins.
  var initialBase: FixedDecimal = .zero
  var discountFunds: FixedDecimal = .zero

  /// Largest ordinary price step, in hundredths of a percent.
  var stepBasisPointsMax: Int64 = 5
  var priceInterval: Duration = .milliseconds(250)
  var gapPerMille = 0
  var gapBasisPointsMax: Int64 = 300

  /// Quote value of an entry.
  var entryQuoteLeast: Int64 = 100
  var entryQuoteMost: Int64 = 3000
  var limitEntryPerMille = 500
  var entryIntervalLeast: Duration = .seconds(3)
  var entryIntervalMost: Duration = .seconds(25)
  /// Lots held at once by the bot.
  var lotsMax = 1

  public var isFaultFree: Bool { faults.isEmpty && extras.aim == nil && extras.atEntries == nil }
  public func has(_ fault: FaultClass) -> Bool { faults[fault] != nil }

  /// Whether a fault may strike, if only at a chosen moment.
  func mayStrike(_ fault: FaultClass) -> Bool {
    has(fault) || extras.aim?.fault == fault || extras.atEntries == fault
  }

  /// The venue tells nobody that a stop went to work, and some of the bot's then rest: only a sweep shows it.
  var hidesActivation: Bool { variants.activationReport == .silent && actors.contains(.ownStopLimits) }

  /// What the seed switched on, in one line.
  public var summary: String {
    let classes = faults.sorted { $0.key < $1.key }.map { "\($0.key.rawValue) \($0.value)" }
    let aim = extras.aim.map { ["\($0.fault.rawValue) at \($0.state.rawValue)"] } ?? []
    let words = classes + traits + aim
    return words.isEmpty ? "the bot alone, no fault" : words.joined(separator: ", ")
  }

  /// Classes at full strength.
  var fullStrength: [String] {
    faults.filter { $0.value >= 1000 }.keys.sorted().map { "\($0.rawValue) at full strength" }
  }

  /// Actors and extras.
  var traits: [String] {
    var words = ActorClass.allCases.filter { actors.contains($0) }.map(\.rawValue)
    if let market = extras.secondMarket { words.append("\(market.rawValue) second symbol") }
    if extras.aim != nil { words.append("a fault aimed at a state") }
    if let always = extras.always { words.append("\(always.rawValue) always") }
    if extras.hangingTriggers { words.append("hanging triggers") }
    if extras.silentSiblings { words.append("silent siblings") }
    if extras.isHurried { words.append("hurried") }
    if extras.isDirect { words.append("all entries through Backstop") }
    if extras.isTiny { words.append("tiny entries") }
    if let fault = extras.atEntries { words.append("\(fault.rawValue) at entries") }
    if extras.diesAhead { words.append("a crash while an order is ahead of its fills") }
    if extras.isBusy { words.append("entries in quick succession") }
    return words + WorldExtras.Venue.allCases.filter { extras.venue.contains($0) }.map(\.rawValue)
  }
}

extension WorldOptions {
  /// What `seed` stands for. `only` and `without` narrow the classes for a targeted run.
  public static func drawn(seed: UInt64, only: Set<FaultClass>? = nil, plainActors: Bool = false) -> WorldOptions {
    var tape = settingsTape(seed: seed)
    return drawn(seed: seed, from: &tape, only: only, plainActors: plainActors)
  }

  /// The choices before the world starts come from their own stream, so that a world can be replayed with other
  /// options.
  static func settingsTape(seed: UInt64, isRecording: Bool = false) -> ChoiceTape {
    ChoiceTape(seed: seed ^ 0x5eed_0000_0000_0000, isRecording: isRecording)
  }

  static func drawn(
    seed: UInt64, from tape: inout ChoiceTape, only: Set<FaultClass>?, plainActors: Bool
  ) -> WorldOptions {
    var options = WorldOptions(seed: seed)
    options.drawFaults(&tape, among: FaultClass.firstEdition.filter { only?.contains($0) ?? true })
    options.drawVenue(&tape)
    options.drawMarket(&tape)
    if !plainActors { options.drawActors(&tape) }
    return options
  }

  private mutating func drawFaults(_ tape: inout ChoiceTape, among classes: [FaultClass]) {
    guard !classes.isEmpty else { return }
    func strength(_ tape: inout ChoiceTape) -> Int { Int(tape.pick([10, 30, 80, 200, 1000])) }
    switch tape.number(0...99) {
    case 0..<15: break  // no fault at all
    case 15..<55: faults[tape.pick(classes)] = strength(&tape)
    default: for fault in classes where tape.chance(perMille: 250) { faults[fault] = min(200, strength(&tape)) }
    }
    if has(.clockSkew) { clockError = tape.duration(.milliseconds(-900), .milliseconds(900)) }
    if !has(.clockSkew) { clockError = tape.duration(.milliseconds(-8), .milliseconds(8)) }
    if has(.mirrorLag) { commitLag = tape.duration(.milliseconds(200), .seconds(20)) }
  }

  private mutating func drawVenue(_ tape: inout ChoiceTape) {
    latencyMost = tape.duration(.milliseconds(3), .milliseconds(60))
    grain = tape.pick(TimeGrain.allCases)
    repliesFollowEvents = tape.chance(perMille: 500)
    variants.activationReport = tape.pick(VenueVariants.ActivationReport.allCases)
    variants.siblingExpiry = tape.pick(VenueVariants.SiblingExpiry.allCases)
    variants.positionFrame = tape.pick(VenueVariants.PositionFrame.allCases)
    variants.reusedLookup = tape.pick(VenueVariants.ReusedLookup.allCases)
    variants.fillsOnTouch = tape.chance(perMille: 500)
    rules.filters.algoOrdersMax = Int(tape.pick([5, 5, 5, 10, 100]))
    rules.filters.notionalMin = tape.pick(["5", "5", "10", "100"])
    rules.filters.stepSize = tape.pick(["0.00001", "0.00001", "0.001"])
    rules.filters.quantityMin = rules.filters.stepSize
    switch tape.number(0...9) {
    case 0, 1: commission = .free
    case 2: commission.modes = [.quote]
    case 3:
      commission.modes = [.discount("BNB")]
      discountFunds = "10"
    case 4:
      commission.modes = [.discount("BNB"), .received, .quote]
      discountFunds = "0.02"
    default: break
    }
    if tape.chance(perMille: 200) { initialBase = tape.pick(["0.0004", "0.05", "1.2345678"]) }
  }

  private mutating func drawMarket(_ tape: inout ChoiceTape) {
    stepBasisPointsMax = tape.pick([2, 8, 20, 40])
    priceInterval = tape.pick([.milliseconds(100), .milliseconds(250), .milliseconds(1000)])
    if tape.chance(perMille: 300) {
      gapPerMille = Int(tape.number(1...20))
      gapBasisPointsMax = tape.pick([100, 300, 900])
    }
    if tape.chance(perMille: 250) {
      depth.levelQuantity = tape.pick(["0.001", "0.01", "0.2"])
      depth.levelStep = "1"
      depth.levels = Int(tape.pick([3, 50, 400]))
      depth.halfSpread = "0.5"
    }
    switch tape.number(0...9) {
    case 0: (entryQuoteLeast, entryQuoteMost) = (6, 60)  // around every minimum
    case 1: (entryQuoteLeast, entryQuoteMost) = (10_000, 90_000)
    default: break
    }
    limitEntryPerMille = tape.pick([0, 500, 1000])
    bracket.onCrossedStop = tape.pick([.exit, .exit, .exit, .clamp])
    bracket.takeProfitStyle = tape.pick([.trigger, .trigger, .trigger, .maker])
    switch tape.number(0...9) {
    case 0, 1: bracket.takeProfits = [Bracket.TakeProfit(.percent("1.5"), share: "1")]
    case 2: bracket.takeProfits = []
    case 3:
      bracket.takeProfits = [
        Bracket.TakeProfit(.percent("0.5"), share: "0.3"), Bracket.TakeProfit(.percent("1"), share: "0.3"),
        Bracket.TakeProfit(.percent("3"), share: "0.4"),
      ]
    default: break
    }
  }

  private mutating func drawActors(_ tape: inout ChoiceTape) {
    guard tape.chance(perMille: 700) else { return }
    for actor in ActorClass.firstEdition where tape.chance(perMille: 300) { actors.insert(actor) }
    if actors.contains(.scaleIn) { lotsMax = Int(tape.number(2...4)) }
  }
}
