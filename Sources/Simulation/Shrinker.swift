import Trading

/// Makes a failing world small: less time, fewer faults and actors, simpler choices, as long as the same promise
/// breaks in the same way. It changes recorded choices and runs the world again; nothing in it is random.
public struct Shrinker: Sendable {
  /// Worlds run for one failure, by default: some seconds.
  public static let runsMax = 3000
  /// Rows longer than this are cut in chunks only, never value by value.
  static let singleStepsMax = 64

  private let stopsAt: Promise?
  private let fails: @Sendable (SeedReport) -> Bool
  private let runsMax: Int
  public private(set) var runs = 0
  private var best: Scenario

  /// The smallest scenario found that breaks the promise that `scenario` breaks first; `nil` when it breaks none.
  public static func shrink(_ scenario: Scenario, runsMax: Int = Self.runsMax) -> (Scenario, Promise)? {
    var first = scenario.world()
    guard let found = first.run().violations.first else { return nil }
    let small = shrink(scenario, stopsAt: found.promise, runsMax: runsMax) { report in
      report.violations.contains { $0.promise == found.promise && $0.kind == found.kind }
    }
    return small.map { ($0, found.promise) }
  }

  /// The smallest scenario found whose report still `fails`.
  static func shrink(
    _ scenario: Scenario, stopsAt: Promise?, runsMax: Int, while fails: @escaping @Sendable (SeedReport) -> Bool
  ) -> Scenario? {
    var shrinker = Shrinker(stopsAt: stopsAt, fails: fails, runsMax: runsMax, runs: 0, best: scenario)
    guard shrinker.record() else { return nil }
    shrinker.shrink()
    return shrinker.best
  }

  /// Writes all choices of the world down, as far as it takes until it fails.
  private mutating func record() -> Bool {
    guard best.rest == nil else { return true }
    let (written, report) = best.recorded(stopsAt: stopsAt)
    runs += 1
    guard fails(report) else { return false }
    best = written
    return true
  }

  // MARK: - Steps

  private mutating func shrink() {
    var before: Scenario
    repeat {
      before = best
      shortenTime()
      dropFaults()
      dropActors()
      dropExtras()
      for path in [\Scenario.Rest.settings, \Scenario.Rest.choices] {
        for row in rows(path) { simplify(row, path) }
      }
    } while best != before && runs < runsMax
  }

  /// Takes the change if the promise still breaks.
  private mutating func take(_ change: (inout Scenario.Rest) -> Void) -> Bool {
    guard runs < runsMax, var rest = best.rest else { return false }
    change(&rest)
    guard rest != best.rest else { return false }
    var candidate = best
    candidate.rest = rest
    runs += 1
    var settings = ChoiceTape(playing: rest.settings, isRecording: false)
    let options = candidate.options(rest, &settings)
    var world = World(options, tape: ChoiceTape(playing: rest.choices, isRecording: false), keepsTrace: false)
    world.stopsAt = stopsAt
    guard fails(world.run()) else { return false }
    candidate.rest?.settings = settings.used
    candidate.rest?.choices = world.tape.used
    best = candidate
    return true
  }

  private mutating func shortenTime() {
    var seconds: Int64 = 1
    while let now = best.rest?.activeMilliseconds, seconds * 1000 < now {
      if take({ $0.activeMilliseconds = seconds * 1000 }) { return }
      seconds += max(1, seconds / 2)
    }
  }

  private mutating func dropFaults() {
    for fault in best.rest?.faults.keys.sorted() ?? [] { _ = take { $0.faults[fault] = nil } }
  }

  private mutating func dropActors() {
    for actor in best.rest?.actors ?? [] { _ = take { $0.actors.removeAll { $0 == actor } } }
  }

  private mutating func dropExtras() {
    guard best.rest?.extras != nil else { return }
    _ = take { $0.extras = nil }
    _ = take { $0.extras?.secondMarket = nil }
    _ = take { $0.extras?.aim = nil }
    _ = take { $0.extras?.always = nil }
    _ = take { $0.extras?.hangingTriggers = false }
    _ = take { $0.extras?.silentSiblings = false }
    _ = take { $0.extras?.isHurried = false }
    _ = take { $0.extras?.isDirect = false }
    _ = take { $0.extras?.isTiny = false }
    _ = take { $0.extras?.atEntries = nil }
    _ = take { $0.extras?.diesAhead = false }
    _ = take { $0.extras?.isBusy = false }
    _ = take { $0.extras?.venue = [] }
  }

  /// Longest first: they cost the most.
  private func rows(_ path: KeyPath<Scenario.Rest, Choices>) -> [String] {
    guard let rows = best.rest?[keyPath: path].rows else { return [] }
    return rows.keys.sorted { (rows[$1]?.count ?? 0, $0) < (rows[$0]?.count ?? 0, $1) }
  }

  private mutating func simplify(_ row: String, _ path: WritableKeyPath<Scenario.Rest, Choices>) {
    if take({ $0[keyPath: path].rows[row] = nil }) { return }
    var size = max(1, values(row, path).count / 2)
    while size >= 1, runs < runsMax {
      let count = values(row, path).count
      if count > Self.singleStepsMax, size < count / 32 { break }
      var start = 0
      while start < values(row, path).count {
        let removed = take { rest in
          let end = min(start + size, rest[keyPath: path].rows[row]?.count ?? 0)
          rest[keyPath: path].rows[row]?.removeSubrange(min(start, end)..<end)
        }
        if !removed { start += size }
      }
      size /= 2
    }
    guard values(row, path).count <= Self.singleStepsMax else { return }
    for index in values(row, path).indices { round(index, row, path) }
  }

  private func values(_ row: String, _ path: KeyPath<Scenario.Rest, Choices>) -> [Int64] {
    best.rest?[keyPath: path].rows[row] ?? []
  }

  /// Zero, or one significant digit, or two.
  private mutating func round(_ index: Int, _ row: String, _ path: WritableKeyPath<Scenario.Rest, Choices>) {
    let old = values(row, path)
    guard index < old.count, old[index] != 0 else { return }
    let value = old[index]
    for simpler in [0, Self.rounded(value, digits: 1), Self.rounded(value, digits: 2)] where simpler != value {
      let isTaken = take { rest in
        guard let count = rest[keyPath: path].rows[row]?.count, index < count else { return }
        rest[keyPath: path].rows[row]?[index] = simpler
      }
      if isTaken { return }
    }
  }

  static func rounded(_ value: Int64, digits: Int) -> Int64 {
    var unit: Int64 = 1
    let limit: Int64 = digits == 1 ? 10 : 100
    while abs(value) / unit >= limit { unit *= 10 }
    return value / unit * unit
  }
}
