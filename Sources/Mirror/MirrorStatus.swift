/// What the mirror is doing now, for readiness, metrics and people.
public struct MirrorStatus: Hashable, Sendable {
  public enum State: Hashable, Sendable {
    /// Not connected yet.
    case starting
    case connected
    /// Facts wait; the writer keeps trying.
    case disconnected(MirrorError)
    /// The database is there and must not be written to.
    case refused(MirrorError)
    case stopped
  }

  public var state: State = .starting
  /// Facts recorded and not committed.
  public var waitingFacts = 0
  public var waitingBytes = 0
  /// Number of the newest fact recorded, and of the newest one committed.
  public var recordedSequence: Int64 = 0
  public var committedSequence: Int64 = 0
  /// When the oldest waiting fact was recorded; microseconds since 1970, nil when nothing waits.
  public var oldestWaitingMicroseconds: Int64?
  public var lastCommitMicroseconds: Int64?
  public var lastError: MirrorError?
  public var batches: Int64 = 0
  public var factsCommitted: Int64 = 0
  public var failures: Int64 = 0
  /// Raw messages and order events dropped to stay within the limits.
  public var telemetryDropped: Int64 = 0
  /// Facts that the database refused for their content, or that no limit could hold.
  public var factsLost: Int64 = 0
  /// The database misses something that only the venue can supply: facts were lost, or the server went back in time
  /// (DB04, DB13).
  public var needsResync = false

  public init() {}

  /// Age of the oldest fact that waits; 0 when none does.
  public func lagMicroseconds(nowMicroseconds: Int64) -> Int64 {
    oldestWaitingMicroseconds.map { max(0, nowMicroseconds - $0) } ?? 0
  }

  public var isConnected: Bool { state == .connected }
}
