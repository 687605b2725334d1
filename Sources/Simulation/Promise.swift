public import Trading

/// The promises that a world is held to (DESIGN §2).
public enum Promise: String, CaseIterable, Hashable, Sendable, Codable {
  case cover = "I1 cover"
  case noOversell = "I2 no oversell"
  case own = "I3 own"
  case mirror = "I4 mirror"
  case idempotent = "I5 idempotent"
  case fenced = "I7 fenced"
  case tell = "I8 tell"
  case live = "I9 live"
  case neverWorse = "I10 never worse"
}

public struct Violation: Hashable, Sendable, CustomStringConvertible {
  public var promise: Promise
  public var at: Instant
  public var text: String

  /// What its text says before the first figure.
  var kind: Substring { text.prefix { !$0.isNumber } }

  public var description: String { "\(promise.rawValue) at \(at.nanoseconds / 1_000_000) ms: \(text)" }
}

/// A stretch of time in which part of what the entries hold had no stop, by the venue's ledger.
public struct NakedInterval: Hashable, Sendable {
  public var since: Instant
  public var until: Instant
  public var cause: String
  public var isExcused: Bool
  public var duration: Duration { until - since }
}
