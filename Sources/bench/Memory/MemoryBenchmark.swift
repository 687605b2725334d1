import Foundation

/// Resident memory of the real guardian, with one account and with many, beside a paper venue of its own.
enum MemoryBenchmark: Benchmark {
  static let name = "memory"
  static let summary = "resident memory of `backstop run`, guarding on a paper venue"

  private static let rounds = 2
  /// The venue counts requests by address, so that a start of more accounts would be slowed down by its limits.
  private static let furtherAccounts = 25
  /// Start-up is over and its garbage reused.
  private static let settling = 3000

  static func measure(_ effort: Effort) throws -> [Measurement] {
    let program = try ProgramUnderTest()
    let venue = try program.startVenue()
    defer { venue.stop() }
    var one = Samples()
    var each = Samples()
    for _ in 0..<effort.rounds(rounds) {
      let single = try residentKilobytes(program, venue, accounts: 1)
      let many = try residentKilobytes(program, venue, accounts: 1 + furtherAccounts)
      one.append(single / 1000)
      each.append((many - single) / Double(furtherAccounts))
    }
    return [
      Measurement(
        name: "memory: one account", value: one.median, unit: "MB", budgets: [.atMost(80)],
        note: "resident, the private database's own processes not counted"),
      Measurement(
        name: "memory: each further account", value: each.median, unit: "kB", budgets: [.atMost(100)],
        note: "a stream of its own each, \(furtherAccounts) of them"),
    ]
  }

  private static func residentKilobytes(
    _ program: ProgramUnderTest, _ venue: PaperVenueProcess, accounts: Int
  ) throws -> Double {
    let guardian = try program.startGuardian(on: venue, accounts: accounts)
    defer { guardian.stop() }
    try guardian.wait(for: "guarding")
    Pause.milliseconds(settling)
    return try guardian.residentKilobytes()
  }
}
