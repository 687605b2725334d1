import Trading
import ArgumentParser
import Settings
import Glibc
import Guardian
import Logging
import Telemetry

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Guard the configured accounts until SIGTERM or SIGINT.",
    discussion: """
      Without database.url in the configuration a private PostgreSQL server runs in state_dir. A database that does \
      not answer delays no protection: the mirror catches up later. On SIGTERM what is under way is awaited for up to \
      3 s, the mirror is written out, and every leg stays in place.

      EXAMPLES:
        backstop run --config backstop.yml
        backstop run -c /etc/backstop/backstop.yml | tee -a backstop.log

      \(ExitStatus.table)
      """)

  @OptionGroup var file: ConfigurationFile

  @Flag(help: .hidden)
  var withParent = false

  func run() async throws {
    try await reportingFailures {
      let configuration = try file.load()
      let signals = try StopSignals(orParentOf: withParent)
      let output = LogOutput.make(configuration.log)
      defer { output.close() }
      let log = output.logger(label: "backstop")
      log.notice(
        "starting",
        metadata: ["version": "\(Version.text)", "environment": "\(configuration.environment.rawValue)"])
      let registry = MetricsRegistry()
      let runtime = try await GuardianRuntime.start(configuration, registry: registry, log: log)
      for account in configuration.accounts where !account.isArmed {
        log.warning("account is not armed: it is watched and nothing is sent", metadata: ["account": "\(account.name)"])
      }
      let control: ControlInterface
      do { control = try await ControlInterface.start(runtime, log: log) } catch {
        await runtime.stop()
        throw error
      }
      log.notice(
        "guarding", metadata: ["accounts": "\(configuration.accounts.map(\.name.text).joined(separator: ","))"])
      let reason = await signals.wait()
      log.notice("stopping", metadata: ["reason": "\(reason)"])
      await control.stop()
      await runtime.stop()
    }
  }
}

extension LogOutput {
  /// To standard output, as the configuration says.
  static func make(_ configuration: LogConfiguration) -> LogOutput {
    let format: Format =
      switch configuration.format {
      case .json: .json
      case .text: .text(for: STDOUT_FILENO)
      }
    return LogOutput(format: format, level: configuration.level.logLevel, descriptor: STDOUT_FILENO)
  }
}

extension LogConfiguration.Level {
  fileprivate var logLevel: Logger.Level {
    switch self {
    case .trace: .trace
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    case .critical: .critical
    }
  }
}
