/// What a campaign showed, written down for whoever has to decide whether to trust the guardian: `SAFETY.md`.
public struct SafetyReport: Sendable {
  /// A deliberate defect and the seed that found it, or a world of the corpus where no seed did, or a test of the core
  /// where no world did.
  public struct Mutant: Sendable, Hashable, Codable {
    public var name: String
    public var wrong: String
    /// The fault classes that may strike in the seed's world, where it was hunted in worlds of these only.
    public var worlds: String?
    public var seed: UInt64?
    public var world: String?
    public var test: String?
    public var broken: [String]?
  }

  /// A bug of our own that the simulation found.
  public struct Bug: Sendable, Hashable, Codable {
    public var id: String
    public var promise: String
    public var finding: String
    public var seeds: [String]
  }

  /// A campaign over seeds that nobody had run before, and the bugs that it found; these were mended before the next.
  public struct FreshCampaign: Sendable, Hashable, Codable {
    public var commit: String
    public var from: UInt64
    public var seeds: Int
    /// Numbers of `Bug`s, one for each seed that broke a promise.
    public var bugs: [String]
  }

  public var commit: String
  public var from: UInt64
  public var seedsPerSecond: Int
  public var workers: Int
  public var campaign: Campaign
  public var crashWorlds: Campaign?
  public var corpusWorlds: Int
  public var unreached: [ReachCell]
  public var mutants: [Mutant]
  /// The commit that the mutants were tried at.
  public var mutantsCommit: String
  public var bugs: [Bug]
  public var freshCampaigns: [FreshCampaign]

  public init(
    commit: String, from: UInt64, seedsPerSecond: Int, workers: Int, campaign: Campaign, crashWorlds: Campaign?,
    corpusWorlds: Int, unreached: [ReachCell], mutants: [Mutant], mutantsCommit: String,
    bugs: [Bug], freshCampaigns: [FreshCampaign]
  ) {
    self.commit = commit
    self.from = from
    self.seedsPerSecond = seedsPerSecond
    self.workers = workers
    self.campaign = campaign
    self.crashWorlds = crashWorlds
    self.corpusWorlds = corpusWorlds
    self.unreached = unreached
    self.mutants = mutants
    self.mutantsCommit = mutantsCommit
    self.bugs = bugs
    self.freshCampaigns = freshCampaigns
  }

  /// The document, in Markdown.
  public var text: String {
    [
      head, time, made, violations, campaignTable, naked, faults, crashes, reached, mutantTable, bugTable,
      ModelLimits.text,
    ].joined(separator: "\n\n") + "\n"
  }

  // MARK: - Sections

  private var head: String {
    """
    # Safety

    What the deterministic simulation showed of the guardian's core. Written by `make safety` from a campaign's files;
    every figure can be had again from the commit and the seeds.

    | | |
    |---|---|
    | commit | `\(commit)` |
    | seeds | \(campaign.seeds), the first is \(from); \(campaign.faultFreeSeeds) without faults |
    | run twice, differing | \(campaign.runTwice), \(campaign.unstable.count) |
    | worlds of earlier bugs, run first | \(corpusWorlds) |
    | speed | \(seedsPerSecond) seeds/s on \(workers) \(workers == 1 ? "process" : "processes") |
    """
  }

  private var time: String {
    """
    ## What was simulated

    Only time with exposure or a write in flight counts.

    | | |
    |---|---|
    | exposed time | \(Self.days(campaign.exposure.milliseconds)) |
    | episodes, flat to exposed | \(campaign.exposure.episodes) |
    | fills | \(campaign.fills) |
    | lives of the guardian | \(campaign.lives) |
    | events | \(campaign.happenings), \(campaign.happenings / max(1, campaign.seeds)) a seed |
    """
  }

  private var made: String {
    let isOfFaults = { (name: String) in name.hasSuffix(Self.full) || name.hasSuffix(Self.always) }
    let names = campaign.traits.filter { !isOfFaults($0.key) }.sorted {
      $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value
    }
    var lines = [
      "## What the worlds were made of", "",
      "Seeds with each actor beside the bot and with each extra.", "",
      "| | seeds |", "|---|--:|",
    ]
    for (name, count) in names { lines.append("| \(name) | \(count) |") }
    return lines.joined(separator: "\n")
  }

  private var violations: String {
    var lines = ["## Violations", "", "| promise | seeds that broke it |", "|---|--:|"]
    for promise in Promise.allCases {
      lines.append("| \(promise.rawValue) | \(campaign.broken[promise.rawValue] ?? 0) |")
    }
    lines.append("| every world ends | \(campaign.broken["no end"] ?? 0) |")
    lines.append("")
    if campaign.failed == 0, !mended.isEmpty {
      lines.append(
        "None in \(campaign.seeds) worlds. They are no sample any more, since these seeds have found "
          + mended.map { "\($0.bugs.joined(separator: ", ")) at `\($0.commit)`" }.joined(separator: " and ")
          + ": what they found is mended. How many worlds break a promise that nobody has run stands below.")
    } else if campaign.failed == 0, campaign.seeds > 0 {
      lines.append(
        "None in \(campaign.seeds) worlds: with 95 % confidence fewer than 3/N = \(Self.ratio(3, campaign.seeds)) of the worlds "
          + "that this model draws break a promise. It says nothing about worlds that it does not draw.")
    } else {
      lines.append("**\(campaign.failed) of \(campaign.seeds) worlds broke a promise.** The first of them:")
      lines.append("")
      for failure in campaign.failures.prefix(20) {
        lines.append("- seed \(failure.seed): \(failure.texts.first ?? "no end")")
      }
    }
    if campaign.racedSales > 0 {
      lines.append("")
      lines.append(
        "Two guardians that both believed to hold the lease sold \(campaign.racedSales) times more than was held; no lease is "
          + "there yet to fence them.")
    }
    return lines.joined(separator: "\n")
  }

  /// The campaigns that found something in seeds that this one has run again.
  private var mended: [FreshCampaign] {
    freshCampaigns.filter {
      !$0.bugs.isEmpty && $0.from < from + UInt64(campaign.seeds) && from < $0.from + UInt64($0.seeds)
    }
  }

  /// What seeds that nobody had run found, campaign after campaign: mending does not make one better afterwards.
  private var campaignTable: String {
    let found = freshCampaigns.flatMap(\.bugs)
    let ofReferee = Set(bugs.filter { $0.promise == Self.referee }.map(\.id))
    let blamed = found.count { ofReferee.contains($0) }
    let worlds = freshCampaigns.reduce(0) { $0 + $1.seeds }
    var lines = [
      "## Seeds that nobody had run", "",
      "The last campaigns, each at its own commit over seeds of its own; what one found was mended before the next.",
      "Of \(worlds) worlds \(found.count) broke a promise: "
        + "\(found.count - blamed) by the guardian's doing, \(blamed) because the referee asked too much. With 95 % "
        + "confidence fewer than one in \(Self.oneIn(worlds, found: found.count)) that this model draws did so.", "",
      "| commit | first seed | seeds | found |", "|---|--:|--:|---|",
    ]
    for campaign in freshCampaigns {
      let names = campaign.bugs.isEmpty ? "nothing" : campaign.bugs.joined(separator: ", ")
      lines.append("| `\(campaign.commit)` | \(campaign.from) | \(campaign.seeds) | \(names) |")
    }
    return lines.joined(separator: "\n")
  }

  private var naked: String {
    var byCause: [String: DurationHistogram] = [:]
    for (cause, histogram) in campaign.naked {
      byCause[Self.family(cause), default: DurationHistogram()].merge(histogram)
    }
    var lines = [
      "## Naked time by cause", "",
      "Milliseconds from the fill that uncovered a quantity to the stop behind it, by the venue's ledger. Excused: the",
      "venue, the market or another actor left no way; it is counted, and never hidden.", "",
      "| cause | times | p50 | p99 | max |", "|---|--:|--:|--:|--:|",
    ]
    for (cause, histogram) in byCause.sorted(by: { $0.key < $1.key }) {
      lines.append(
        "| \(cause) | \(histogram.count) | \(histogram.quantile(perMille: 500)) | \(histogram.quantile(perMille: 990)) | \(histogram.max) |"
      )
    }
    return lines.joined(separator: "\n")
  }

  private var faults: String {
    var lines = [
      "## Faults by class", "",
      "How often each had its effect, and the seeds in which it hit everything that it could hit, or never went away.",
      "",
      "| class | had its effect | seeds at full strength | seeds in which it always acts |", "|---|--:|--:|--:|",
    ]
    for fault in FaultClass.allCases {
      let name = fault.rawValue
      let full = campaign.traits[name + Self.full] ?? 0
      let always = campaign.traits[name + Self.always] ?? 0
      lines.append("| \(name) | \(campaign.struck[fault] ?? 0) | \(full) | \(always) |")
    }
    return lines.joined(separator: "\n")
  }

  private var crashes: String {
    let random = campaign.reach.crashPoints
    var lines = [
      "## Crash points", "",
      "\(random.values.reduce(0, +)) deaths between two effects at random moments, before \(random.count) kinds of effect and state.",
    ]
    if let crashWorlds {
      lines.append(
        "Beside them \(crashWorlds.seeds) worlds in which the process died before one given effect: every effect of its "
          + "scenario in turn; \(crashWorlds.failed) of them broke a promise.")
    }
    return lines.joined(separator: "\n")
  }

  private var reached: String {
    var lines = [
      "## Reached", "",
      "How often each fault struck in each state of the guardian (–: cannot happen, for the reason in `Reach.swift`).",
      "",
      campaign.reach.table, "",
    ]
    let possible = Reach.possible.count
    lines.append("\(possible - unreached.count) of \(possible) cells.")
    if !unreached.isEmpty { lines.append("Not reached: " + unreached.map(\.name).joined(separator: ", ") + ".") }
    return lines.joined(separator: "\n")
  }

  private var mutantTable: String {
    let killed = mutants.filter { $0.seed != nil || $0.world != nil }
    let tested = mutants.count { $0.test != nil }
    var lines = [
      "## Mutants", "",
      "Deliberate defects of the core, and the first seed that finds each, or else a world of the corpus: "
        + "\(killed.count) of \(mutants.count), tried at `\(mutantsCommit)`. "
        + "\(tested) more break no promise in any world that was met, and fail a test of the core.",
      seedsToKill(killed.compactMap(\.seed)), "",
      "| defect | found by | breaking |", "|---|--:|---|",
    ]
    for mutant in mutants {
      let seed = mutant.seed.map { "\($0)" + (mutant.worlds.map { " `--only \($0)`" } ?? "") }
      let finder = seed ?? mutant.world ?? mutant.test.map { "the test “\($0)”" } ?? "**survived**"
      lines.append("| \(mutant.wrong) | \(finder) | \((mutant.broken ?? []).joined(separator: ", ")) |")
    }
    return lines.joined(separator: "\n")
  }

  private func seedsToKill(_ seeds: [UInt64]) -> String {
    let sorted = seeds.sorted()
    guard let last = sorted.last else { return "" }
    return "Seeds until one is found: \(sorted[sorted.count / 2]) in the middle, \(last) at most."
  }

  private var bugTable: String {
    var lines = [
      "## Bugs that it found here", "", "Seeds are those of the commit at which each was found.", "",
      "| bug | promise | what happened | seeds |", "|---|---|---|---|",
    ]
    for bug in bugs {
      lines.append("| \(bug.id) | \(bug.promise) | \(bug.finding) | \(bug.seeds.joined(separator: "; ")) |")
    }
    return lines.joined(separator: "\n")
  }

  /// In a bug's place of a promise: the simulation was wrong, and not the guardian.
  private static let referee = "the referee"
  private static let full = " at full strength"
  private static let always = " always"

  // MARK: - Figures

  /// The cause's first part: one fault class, or none.
  private static func family(_ cause: String) -> String {
    let isExcused = cause.hasSuffix("(excused)")
    let bare = isExcused ? cause.dropLast(" (excused)".count) : cause[...]
    let first = String(bare.split(separator: "+").first ?? bare)
    let name = first == "none" ? "no fault near" : first
    return isExcused ? name + " (excused)" : name
  }

  private static func days(_ milliseconds: Int64) -> String {
    let hours = milliseconds / 3_600_000
    return hours < 48 ? "\(hours) hours" : "\(hours / 24) days"
  }

  /// As many worlds as hold one that breaks a promise, at the worst: were it one in fewer, so little would be found in
  /// 5 % of all campaigns. What is as rare as this follows Poisson's law; for nothing found it is the 3/N rule.
  static func oneIn(_ worlds: Int, found: Int) -> Int {
    func chance(ofAtMost found: Int, expecting mean: Double) -> Double {
      var (term, below, all) = (1.0, 1.0, 1.0)
      for count in 1...(100 + 10 * found) {
        term *= mean / Double(count)
        all += term
        if count <= found { below += term }
      }
      return below / all
    }
    var (low, high) = (0.0, 10.0 + 3 * Double(found))
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if chance(ofAtMost: found, expecting: middle) > 0.05 { low = middle } else { high = middle }
    }
    return Int(Double(worlds) / high)
  }

  /// `part / whole` as a power of ten with two digits, without a floating-point number.
  private static func ratio(_ part: Int, _ whole: Int) -> String {
    var exponent = 0
    var digits = part * 10
    while digits < whole * 10, exponent < 12 {
      digits *= 10
      exponent += 1
    }
    let tenths = digits / whole
    return "\(tenths / 10).\(tenths % 10) · 10^-\(exponent)"
  }
}

extension Reach {
  /// The table in Markdown: faults down, states across.
  public var table: String {
    var lines = ["| fault | " + GuardianState.allCases.map(\.rawValue).joined(separator: " | ") + " |"]
    lines.append("|---|" + String(repeating: "--:|", count: GuardianState.allCases.count))
    for fault in FaultClass.allCases {
      let cells = GuardianState.allCases.map { state -> String in
        let cell = ReachCell(fault: fault, state: state)
        let count = count(cell)
        return count == 0 && Self.impossible(cell) != nil ? "–" : String(count)
      }
      lines.append("| \(fault.rawValue) | " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }
}
