import Trading
import Venue

/// What a human must hear of: a closed vocabulary; each kind has a heading in the runbook.
public enum AlertKind: String, Hashable, Sendable, CaseIterable {
  /// A position has been without a stop for longer than T1.
  case naked
  /// The venue refuses protection in a way that repeating does not cure.
  case protectionRefused = "protection_refused"
  /// Base asset of a lot is held by an order that is not ours.
  case baseLocked = "base_locked"
  /// The wallet holds less than the lots say.
  case walletShort = "wallet_short"
  /// Repairs of a position keep being undone.
  case frozen
  /// The price passed a stop that was not placed yet.
  case stopCrossed = "stop_crossed"
  /// A list was taken down to make room: a part was uncovered on purpose for a moment.
  case consolidating
  /// No conditional-order slot is left for a stop.
  case noSlot = "no_slot"
  case streamDown = "stream_down"
  case sweepIncomplete = "sweep_incomplete"
  /// Key, signature or permission.
  case unauthorized
  case rateLimited = "rate_limited"
  /// A registered bracket does not fit its entry; the default was used.
  case bracketInvalid = "bracket_invalid"
  /// An order has a status or type that we do not know.
  case unknownOrderState = "unknown_order_state"
}

struct AlertKey: Hashable, Comparable, Sendable {
  var kind: AlertKind
  var subject: String

  static func < (a: Self, b: Self) -> Bool {
    a.kind == b.kind ? a.subject < b.subject : a.kind.rawValue < b.kind.rawValue
  }
}

extension AccountCore {
  mutating func raise(_ kind: AlertKind, _ subject: String, _ severity: AlertRecord.Severity, _ message: String) {
    let key = AlertKey(kind: kind, subject: subject)
    if let standing = alerts[key], standing.severity == severity, standing.message == message { return }
    let record = AlertRecord(
      kind: kind.rawValue, subject: subject, severity: severity, message: message, isStanding: true, at: turn.now)
    alerts[key] = record
    turn.facts.append(.alert(record))
    turn.effects.append(.alert(record))
  }

  func isStanding(_ kind: AlertKind, _ subject: String) -> Bool {
    alerts[AlertKey(kind: kind, subject: subject)] != nil
  }

  mutating func clear(_ kind: AlertKind, _ subject: String) {
    guard !alerts.isEmpty, var record = alerts.removeValue(forKey: AlertKey(kind: kind, subject: subject)) else {
      return
    }
    record.isStanding = false
    record.at = turn.now
    turn.facts.append(.alert(record))
    turn.effects.append(.alert(record))
  }
}
