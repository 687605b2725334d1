/// The bounds of the queue between the core and the database.
public struct MirrorLimits: Hashable, Sendable {
  /// Waiting raw messages and order events. Telemetry is the first to go when the database stays away (fault DB02).
  public var telemetryFactsMax = 100_000
  /// Bytes of waiting raw messages: an hour of a busy account, and half of the memory budget of a guardian.
  public var telemetryBytesMax = 32 * 1024 * 1024
  /// All waiting facts. Superseded ones are merged before this is reached; past it facts are lost and a resync is
  /// needed.
  public var factsMax = 200_000
  /// Facts in one transaction: large enough for the set-based statements to reach their throughput, small enough to
  /// commit within some 30 ms.
  public var batchFactsMax = 2000
  /// Raw bytes in one transaction.
  public var batchBytesMax = 2 * 1024 * 1024
  /// Pause after a failure; doubled up to the maximum, with jitter so that many guardians do not come back at once.
  public var backoffMillisecondsMin = 100
  public var backoffMillisecondsMax = 5000
  /// Raw messages stay this long in the database: long enough to look into last week's trade, and a busy account's week
  /// fits a small disk.
  public var rawRetentionHours = 168
  /// Between two trimmings of the raw messages.
  public var trimMinutes = 60

  public init() {}
}
