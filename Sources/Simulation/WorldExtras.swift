import PaperVenue
import Reconciler
import Trading

/// What a seed may add to its world beside what the first edition of the simulation drew. It is drawn from a tape of
/// its own, and half of the seeds add nothing, so that their worlds stay as they were.
public struct WorldExtras: Hashable, Sendable, Codable {
  /// A fault that strikes just when the guardian is in a state: for cells of the reach table that chance seldom meets.
  public struct Aim: Hashable, Sendable, Codable {
    public var fault: FaultClass
    public var state: GuardianState
  }

  /// A second symbol with its own price path, entries, filters and truth.
  public enum SecondMarket: String, CaseIterable, Hashable, Sendable, Codable {
    /// Faults of one symbol strike the first only, and must not delay the second.
    case healthy
    case faulty
  }

  /// What a venue may be like beside the variants of the engine.
  public enum Venue: String, CaseIterable, Hashable, Sendable, Codable {
    /// The symbol's orders cannot be amended (`allowAmend` false).
    case noAmend
    /// The symbol takes no order lists (`ocoAllowed` false).
    case noLists
    /// Legs that wait for an entry are cancelled with it, and do not expire.
    case pendingLegsCancel
    /// A stop that is born on the wrong side of the price goes to work at once, and is not refused.
    case wrongSideTriggers
    /// MARKET_LOT_SIZE is below what some lots hold, and it cuts triggered stops as well, of which the documents say
    /// nothing.
    case smallMarketLots
  }

  public var secondMarket: SecondMarket?
  public var aim: Aim?
  /// This class does not come and go: it acts for as long as faults act.
  public var always: FaultClass?
  /// Triggered stops hang: at work, and neither filled nor ended, for longer than the guardian's patience.
  public var hangingTriggers = false
  /// The venue ends both legs of a pair and tells of one (OL15).
  public var silentSiblings = false
  /// The price runs through stops, which are sold at market then, and coins lie beside those of the entries: where a
  /// sale that is made twice finds something to sell.
  public var isHurried = false
  /// The bot enters through Backstop, and through nothing else.
  public var isDirect = false
  /// Entries around every minimum, so that rests are dust.
  public var isTiny = false
  /// This class strikes just before the bot enters.
  public var atEntries: FaultClass?
  /// The process dies when the mirror has written down an order that has executed more than its fills say (RS10).
  public var diesAhead = false
  /// Entries follow each other quickly, up to four lots at once.
  public var isBusy = false
  public var venue: Set<Venue> = []

  public init() {}

  /// A file says only what its edition knew.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    secondMarket = try values.decodeIfPresent(SecondMarket.self, forKey: .secondMarket)
    aim = try values.decodeIfPresent(Aim.self, forKey: .aim)
    always = try values.decodeIfPresent(FaultClass.self, forKey: .always)
    hangingTriggers = try values.decodeIfPresent(Bool.self, forKey: .hangingTriggers) ?? false
    silentSiblings = try values.decodeIfPresent(Bool.self, forKey: .silentSiblings) ?? false
    isHurried = try values.decodeIfPresent(Bool.self, forKey: .isHurried) ?? false
    isDirect = try values.decodeIfPresent(Bool.self, forKey: .isDirect) ?? false
    isTiny = try values.decodeIfPresent(Bool.self, forKey: .isTiny) ?? false
    atEntries = try values.decodeIfPresent(FaultClass.self, forKey: .atEntries)
    diesAhead = try values.decodeIfPresent(Bool.self, forKey: .diesAhead) ?? false
    isBusy = try values.decodeIfPresent(Bool.self, forKey: .isBusy) ?? false
    venue = try values.decodeIfPresent(Set<Venue>.self, forKey: .venue) ?? []
  }

  var isEmpty: Bool { self == WorldExtras() }
}

extension WorldOptions {
  /// Each edition has a tape of its own.
  static func extrasTape(seed: UInt64, edition: UInt64) -> ChoiceTape {
    ChoiceTape(seed: seed ^ (0xe87a_0000_0000_0000 + (edition - 2) << 32))
  }

  /// Draws what the seed adds, after everything else was drawn.
  mutating func drawExtras(_ edition: Int, among classes: [FaultClass], plainActors: Bool) {
    let known = classes.filter { !FaultClass.fourthEdition.contains($0) }
    drawSecondEdition(among: known, plainActors: plainActors)
    if edition > 2 { drawThirdEdition(among: known, plainActors: plainActors) }
    if edition > 3 { drawFourthEdition(among: classes, plainActors: plainActors) }
    if edition > 4, !plainActors { drawFifthEdition() }
    applyExtras()
  }

  /// What makes rare harm less rare: faults aimed at states that last for a round trip, entries that are sent through
  /// Backstop while replies are lost, requests that are late while stops are crossed.
  private mutating func drawThirdEdition(among classes: [FaultClass], plainActors: Bool) {
    var tape = Self.extrasTape(seed: seed, edition: 3)
    guard tape.chance(perMille: 400) else { return }
    if !plainActors, tape.chance(perMille: 200) {
      extras.isDirect = true
      actors.insert(.directEntries)
    }
    guard !classes.isEmpty, !faults.isEmpty, extras.always == nil else { return }
    if tape.chance(perMille: 500) { aimAtRareState(&tape, among: classes, plainActors: plainActors) }
    let losing: [FaultClass] = [.serverError, .replyLoss, .slowRequests].filter { classes.contains($0) }
    if !losing.isEmpty, extras.isDirect || tape.chance(perMille: 250) {
      faults[tape.pick(losing)] = 200
      extras.isHurried = extras.isHurried || !extras.isDirect
    }
  }

  private mutating func aimAtRareState(
    _ tape: inout ChoiceTape, among classes: [FaultClass], plainActors: Bool
  ) {
    let rare: Set<GuardianState> = [.dust, .amending, .cancelling, .exiting, .asking]
    let cells = Reach.possible.filter { classes.contains($0.fault) && rare.contains($0.state) }
    guard !cells.isEmpty else { return }
    let cell = tape.pick(cells)
    extras.aim = WorldExtras.Aim(fault: cell.fault, state: cell.state)
    faults[cell.fault] = faults[cell.fault] ?? 10
    extras.isTiny = cell.state == .dust
    guard !plainActors else { return }
    // What legs have to be cut for.
    if cell.state == .amending || cell.state == .cancelling { actors.insert(.manualSell) }
    if cell.state == .exiting { extras.isHurried = true }
  }

  private mutating func drawSecondEdition(among classes: [FaultClass], plainActors: Bool) {
    var tape = Self.extrasTape(seed: seed, edition: 2)
    guard tape.chance(perMille: 500) else { return }
    extras.isHurried = tape.chance(perMille: 150)
    if tape.chance(perMille: 250) { extras.secondMarket = tape.pick(WorldExtras.SecondMarket.allCases) }
    for trait in WorldExtras.Venue.allCases where tape.chance(perMille: 90) { extras.venue.insert(trait) }
    if !plainActors, tape.chance(perMille: 500) {
      for actor in ActorClass.secondEdition where tape.chance(perMille: 250) { actors.insert(actor) }
    }
    // Worlds without any fault stay so: they are what T0 is measured in.
    let isAimed = !classes.isEmpty && classes.allSatisfy { FaultClass.secondEdition.contains($0) }
    if !classes.isEmpty, !faults.isEmpty || isAimed || tape.chance(perMille: 200) {
      drawMoreFaults(&tape, among: classes, perMille: isAimed ? 800 : 250)
    }
  }

  private mutating func drawMoreFaults(
    _ tape: inout ChoiceTape, among classes: [FaultClass], perMille: Int
  ) {
    for fault in FaultClass.secondEdition where classes.contains(fault) && tape.chance(perMille: perMille) {
      faults[fault] = Int(tape.pick([30, 80, 200]))
    }
    if has(.triggerFailure) { extras.hangingTriggers = tape.chance(perMille: 500) }
    if has(.legLoss) { extras.silentSiblings = tape.chance(perMille: 500) }
    switch tape.number(0...9) {
    case 0, 1:
      let always = tape.pick(classes)
      faults = [always: 1000]
      extras.always = always
    case 2, 3:
      let aims = Reach.possible.filter { classes.contains($0.fault) && $0.fault.isAimable && $0.state != .down }
      guard !aims.isEmpty else { return }
      let cell = tape.pick(aims)
      extras.aim = WorldExtras.Aim(fault: cell.fault, state: cell.state)
      faults[cell.fault] = faults[cell.fault] ?? 10
    default: break
    }
  }

  /// What follows from the extras for the world's other settings.
  mutating func applyExtras() {
    if extras.venue.contains(.noAmend) { rules.allowsAmend = false }
    if extras.venue.contains(.noLists) { rules.allowsOCO = false }
    if extras.venue.contains(.pendingLegsCancel) { variants.pendingCancel = .canceled }
    if extras.venue.contains(.wrongSideTriggers) { variants.wrongSideBirth = .triggersAtOnce }
    if extras.venue.contains(.smallMarketLots) {
      rules.filters.marketQuantityMax = entryQuoteMost > 20_000 ? "0.3" : "0.02"
      rules.filters.algoOrdersMax = 100
      variants.marketLotAppliesToTriggered = true
    }
    if extras.isTiny {
      (entryQuoteLeast, entryQuoteMost) = (6, 60)
      // A leg is left behind where its sibling was lost and filters forbid another.
      if has(.legLoss) { faults.merge([.legLoss: 200, .filterChange: 200]) { _, new in new } }
    }
    if extras.isBusy {
      lotsMax = max(lotsMax, 4)
      entryIntervalMost = .seconds(6)
    }
    if actors.isSuperset(of: [.ownBrackets, .scaleIn]) { lotsMax = max(lotsMax, 3) }
    if extras.isHurried {
      gapPerMille = max(gapPerMille, 30)
      gapBasisPointsMax = 300
      initialBase = "1.2345678"
      bracket.onCrossedStop = .exit
    }
    if extras.always == .clockSkew { clockError = clockError < .zero ? .milliseconds(-900) : .milliseconds(900) }
    if extras.always == .mirrorLag { commitLag = .seconds(20) }
  }
}

// MARK: - What comes of it while the world runs

extension World {
  private static let aimPause: ClosedRange<Int64> = 500...4000

  mutating func scheduleExtras() {
    if markets.count > 1 {
      heap.push(.otherPrice, at: now + options.priceInterval)
      heap.push(.elsewhere(.entry), at: now + tape.duration(.milliseconds(100), .seconds(6)))
      for actor in ActorClass.allCases where options.actors.contains(actor) && !actor.isOperator {
        heap.push(
          .elsewhere(.of(actor)), at: now + tape.duration(.seconds(1), .seconds(20), about: .actor(actor)))
      }
    }
    if options.extras.always == .mirrorDown {
      mirror.isDown = true
      mischief(.mirrorDown)
    }
    if options.extras.always == .crash { crashesLeft = .max }
  }

  /// Whether a class that strikes requests and events as they pass is aimed at the state that the guardian is in.
  func isAimedNow(_ fault: FaultClass) -> Bool {
    guard let aim = options.extras.aim, aim.fault == fault, faultsAct, now >= nextAim else { return false }
    return GuardianState.states(of: standing).contains(aim.state)
  }

  /// Strikes when the guardian is in the state that the fault is aimed at.
  mutating func aim() {
    guard let aim = options.extras.aim, aim.fault.isAimable, faultsAct, now >= nextAim,
      GuardianState.states(of: guardian?.core.standing(of: symbol)).contains(aim.state), finds(aim.fault)
    else { return }
    nextAim = now + .milliseconds(tape.number(Self.aimPause))
    hit(aim.fault)
  }
}
