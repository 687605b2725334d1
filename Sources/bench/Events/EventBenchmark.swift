import Binance
import Foundation
import Reconciler
import Trading
import Venue

/// Frames of the private stream through classification, decoder and core, on one processor (DESIGN §5).
enum EventBenchmark: Benchmark {
  static let name = "events"
  static let summary = "decode, normalise and core, in processor time of one thread"

  /// Reports per round: what a sweep's interval brings a very busy account.
  private static let roundTrips = 1000
  private static let rounds = 7
  /// The baseline is slow; a part of the frames is enough for a rate.
  private static let baselineFrames = 1500

  static func measure(_ effort: Effort) throws -> [Measurement] {
    let subject = try EventSubject()
    let rounds = try Rounds(
      effort.rounds(Self.rounds), preparing: { subject.nextRound(roundTrips) },
      of: [
        { try subject.decodeWithCodable(limit: baselineFrames) },
        { try subject.decode() },
        { subject.core() },
        { try subject.whole() },
      ])
    let baseline = rounds.median(0)
    let protected = try ProtectedFills(rounds: effort.rounds(Self.rounds), fills: effort.samples(1000))
    func row(_ name: String, _ index: Int, _ budgets: [Budget] = [], note: String = "") -> Measurement {
      Measurement(
        name: name, value: rounds.median(index), unit: "events/s", baselineName: "JSONDecoder", baseline: baseline,
        ratio: rounds.ratio(index, to: 0), budgets: budgets, note: note)
    }
    let bytes = subject.meanFrameBytes
    return [
      row("events: decode only", 1, note: "execution reports of \(Figure.text(bytes)) bytes"),
      row("events: core only", 2),
      row(
        "events: decode, normalise and core", 3, [.atLeast(500_000)],
        note: "NEW, PARTIALLY_FILLED, FILLED and CANCELED reports of entries that a policy rule leaves alone"),
      Measurement(
        name: "events: fill to protective command", value: protected.untilCommand, unit: "µs CPU",
        note: "decoded, lot opened, planned and recorded; each fill is the first on its symbol"),
      Measurement(
        name: "events: fill to both lists accepted", value: protected.untilCovered, unit: "µs CPU",
        note: "the two replies and the second list included"),
    ]
  }
}
