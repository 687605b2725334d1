import Configuration
import EventLoop
import Logging
import Telemetry
import Trading
import Venue

/// The process's way to its mirror: the private database when none is named, one writer, and what was remembered.
final class MirrorLink: Sendable {
  struct Account: Sendable {
    var name: AccountID
    var fingerprint: String
  }

  static func start(
    _ configuration: BackstopConfiguration, accounts: [Account], isReadOnly: Bool, registry: MetricsRegistry,
    log: Logger
  ) async throws(StartRefusal) -> MirrorLink {
    MirrorLink()
  }

  func restored(_ account: AccountID) -> MirrorState? { nil }
  func record(_ facts: [Fact], of account: AccountID) {}
  func deliverBrackets(_ body: @escaping @Sendable (AccountID, BracketRegistration) -> Void) {}
  func stop(within patience: Duration) async {}
}
