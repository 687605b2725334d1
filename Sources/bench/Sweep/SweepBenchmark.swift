import Reconciler
import Trading
import Venue

/// A full reading of a large account after a gap, against a large mirror, in processor time (DESIGN §5).
enum SweepBenchmark: Benchmark {
  static let name = "sweep"
  static let summary = "sweep of 10 000 open orders, half of them with unseen fills, against 100 000 mirrored"

  private static let rounds = 3
  private static let openOrders = 10_000

  /// What one reconciliation came to.
  private struct Outcome {
    var seconds = 0.0
    var quietSeconds = 0.0
    var requests = 0
  }

  static func measure(_ effort: Effort) throws -> [Measurement] {
    let full = SweepScene(openOrders: openOrders)
    let half = SweepScene(openOrders: openOrders / 2)
    var fullOutcome = Outcome()
    var halfOutcome = Outcome()
    let rounds = try Rounds(
      effort.rounds(Self.rounds),
      of: [
        { comparison(of: full) * 1000 },
        {
          fullOutcome = try reconcile(full)
          return fullOutcome.seconds * 1000
        },
        {
          halfOutcome = try reconcile(half)
          return halfOutcome.seconds * 1000
        },
        { fullOutcome.quietSeconds * 1000 },
      ])
    let baseline = rounds.median(0)
    return [
      Measurement(
        name: "sweep: 10 000 open orders", value: rounds.median(1), unit: "ms CPU",
        baselineName: "ms dictionary comparison", baseline: baseline, ratio: rounds.ratio(1, to: 0),
        budgets: [.atMost(100)], note: "every reading until all symbols' histories are read, and all plans"),
      Measurement(
        name: "sweep: 10 000 against 5 000", value: rounds.median(1), unit: "ms CPU", baselineName: "ms for 5 000",
        baseline: rounds.median(2), ratio: rounds.ratio(1, to: 2), budgets: [.ratioAtMost(2.4)],
        note: "linear is 2"),
      Measurement(
        name: "sweep: snapshot requests", value: Double(fullOutcome.requests), unit: "requests",
        baselineName: "for 5 000", baseline: Double(halfOutcome.requests),
        ratio: Double(fullOutcome.requests) / Double(halfOutcome.requests), budgets: [.ratioAtMost(1)],
        note: "\(SweepScene.symbolCount) symbols, at most 10 histories in one reading"),
      Measurement(
        name: "sweep: nothing new", value: rounds.median(3), unit: "ms CPU", baselineName: "ms dictionary comparison",
        baseline: baseline, ratio: rounds.ratio(3, to: 0), note: "one reading that repeats what is known"),
    ]
  }

  private static func reconcile(_ scene: SweepScene) throws -> Outcome {
    var outcome = Outcome()
    var driver = CoreDriver(scene.instruments, mirror: scene.mirror)
    outcome.seconds = Stopwatch.threadSeconds {
      driver.answerSnapshots(
        at: scene.venueTime, balances: scene.balances, orders: scene.openOrders, fills: scene.fills)
    }
    outcome.requests = driver.snapshotRequests
    let lots = driver.core.status.lots.count
    let expected = scene.fills.values.joined().count { $0.side == .buy }
    guard lots == expected else { throw BenchmarkFailure("\(lots) lots were opened, \(expected) expected") }
    driver.advance(.seconds(15))
    outcome.quietSeconds = Stopwatch.threadSeconds {
      driver.requestSweep()
      driver.answerSnapshots(at: scene.venueTime + .seconds(15), balances: scene.balances, orders: scene.openOrders)
    }
    return outcome
  }

  /// The least that any reconciliation does: finds which orders differ from what was known.
  private static func comparison(of scene: SweepScene) -> Double {
    let known = Dictionary(scene.mirror.orders.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    var changed = 0
    let seconds = Stopwatch.threadSeconds {
      for order in scene.openOrders where known[order.key] != order { changed += 1 }
    }
    return changed > 0 ? seconds : .nan
  }
}
