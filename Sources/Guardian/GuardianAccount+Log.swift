import Logging
import Reconciler
import Trading
import Venue

// What an operator reads: every command that took effect, every one that did not, and the alerts.
extension GuardianAccount {
  func tell(_ effect: Effect) {
    switch effect {
    case .record(let facts): tell(facts)
    case .alert(let alert): tell(alert)
    default: break
    }
  }

  /// The core records the alert itself; here it reaches people.
  private func tell(_ alert: AlertRecord) {
    let metadata: Logger.Metadata = [
      "account": "\(account)", "kind": "\(alert.kind)", "subject": "\(alert.subject)", "detail": "\(alert.message)",
    ]
    guard alert.isStanding else {
      ports.log.notice("alert cleared", metadata: metadata)
      return
    }
    switch alert.severity {
    case .notice: ports.log.notice("alert", metadata: metadata)
    case .warning: ports.log.warning("alert", metadata: metadata)
    case .critical: ports.log.critical("alert", metadata: metadata)
    }
  }

  /// Commands that the venue accepted, with what made them necessary and how long it took to send them.
  private func tell(_ facts: [Fact]) {
    for case .action(let action) in facts where action.state == .accepted {
      var metadata: Logger.Metadata = [
        "account": "\(account)", "command": "\(action.command)", "symbol": "\(action.symbol)",
        "quantity": "\(action.quantity)", "reason": "\(action.reason)", "source": "\(action.source.rawValue)",
      ]
      if let latency = action.latency { metadata["sent_after_us"] = "\(latency.wholeNanoseconds / 1000)" }
      ports.log.info("command accepted", metadata: metadata)
    }
  }

  func tell(_ command: VenueCommand, _ outcome: CommandOutcome) {
    var metadata: Logger.Metadata = [
      "account": "\(account)", "command": "\(command.name)", "symbol": "\(command.symbol)",
    ]
    switch outcome {
    case .accepted: return
    case .rejected(let rejection):
      metadata["kind"] = "\(rejection.kind.rawValue)"
      metadata["code"] = "\(rejection.code)"
      metadata["detail"] = "\(rejection.message)"
      ports.log.warning("command rejected", metadata: metadata)
    case .ambiguous(let reason):
      metadata["detail"] = "\(reason)"
      ports.log.warning("command outcome unknown", metadata: metadata)
    }
  }
}
