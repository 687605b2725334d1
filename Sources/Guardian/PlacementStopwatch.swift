import Trading
import Venue

/// Measures what the core cannot, having no clock: the time from the bytes of a fact to the bytes of the command that
/// it caused.
///
/// The core's own figure ends with its decision, which takes no time by its clock. What reading, deciding and writing
/// took is added here, once the command has left; it reaches the mirror with the command's outcome.
struct PlacementStopwatch: Sendable {
  private struct Run: Sendable {
    var source: Source
    var latency: Duration
    var isSent = false
  }

  /// Commands under way; the core allows one per symbol.
  private var runs: [Int64: Run] = [:]
  /// Commands whose outcome never came are forgotten past this.
  private static let runsMax = 4096

  /// When the bytes of the present turn's fact had been read; the turn's own start when it has none.
  var turnBegan = Instant(nanoseconds: 0)

  /// Looks at facts on their way to the mirror: remembers what is about to be sent, and completes what was settled.
  mutating func complete(_ facts: [Fact]) -> [Fact] {
    guard facts.contains(where: { if case .action = $0 { true } else { false } }) else { return facts }
    var completed = facts
    for index in completed.indices {
      guard case .action(var action) = completed[index], let latency = action.latency else { continue }
      if action.state == .sent {
        if runs.count < Self.runsMax { runs[action.id] = Run(source: action.source, latency: latency) }
      } else if let run = runs.removeValue(forKey: action.id), run.isSent {
        action.latency = run.latency
        completed[index] = .action(action)
      }
    }
    return completed
  }

  /// The command's bytes have been handed on.
  /// - Returns: whose placement it was and the whole time, when it is one that is measured.
  mutating func sent(_ id: Int64, at now: Instant) -> (source: Source, latency: Duration)? {
    guard var run = runs[id], !run.isSent else { return nil }
    run.latency += now - turnBegan
    run.isSent = true
    runs[id] = run
    return (run.source, run.latency)
  }
}
