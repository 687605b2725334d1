import Settings
import Guardian
import Logging
import Telemetry

import Trading

/// A guardian that lives for one command: no stream, one snapshot.
struct OneShot {
  /// The venue must answer, and the first snapshot be complete, within this.
  static let patience: Duration = .seconds(15)

  let runtime: GuardianRuntime
  private let output: LogOutput

  static func start(_ configuration: BackstopConfiguration, isDryRun: Bool) async throws -> OneShot {
    // The result is on standard output; only what is wrong is told beside it.
    let output = LogOutput(format: .text(colour: false), level: .warning)
    let options = GuardianRuntime.Options(isDryRun: isDryRun, opensStreams: false, venuePatience: patience)
    do {
      let runtime = try await GuardianRuntime.start(
        configuration, options: options, registry: MetricsRegistry(), log: output.logger(label: "backstop"))
      return OneShot(runtime: runtime, output: output)
    } catch {
      output.close()
      throw error
    }
  }

  /// Waits until every account has been read completely.
  func untilKnown() async throws {
    let known = try await Waiting.until(within: Self.patience) {
      for account in runtime.accounts where await !account.isSettled { return false }
      return true
    }
    guard known != nil else {
      throw CommandFailure(
        .unavailable,
        "the venue's answers were not complete within \(Self.patience.components.seconds) s; nothing was decided")
    }
  }

  func stop() async {
    await runtime.stop()
    output.close()
  }
}
