import Glibc
public import Logging

/// Where log lines go: JSON lines or readable text on one descriptor, written by one background thread.
///
/// Logging never blocks the caller: a record is put into a bounded queue, and formatting and writing happen on the
/// writer's thread. When the reader of the descriptor stalls, records are dropped and counted, and the count is written
/// as soon as there is room again.
///
/// What every line goes through: fields with secret names are blotted out, credentials inside texts too (fault SE01),
/// and control characters are escaped, so that no id from the wire can move a cursor or forge a line (fault SE09).
public final class LogOutput: Sendable {
  public enum Format: Hashable, Sendable {
    /// One JSON object per line.
    case json
    case text(colour: Bool)

    /// Text, with colour only on a terminal that wants it (`NO_COLOR` unset, `TERM` not `dumb`).
    public static func text(for descriptor: Int32) -> Format {
      let terminal = getenv("TERM").map { String(cString: $0) } ?? "dumb"
      return .text(colour: isatty(descriptor) == 1 && getenv("NO_COLOR") == nil && terminal != "dumb")
    }
  }

  /// Records that may wait. About 1 kB each at worst in practice, so a stalled reader costs a few megabytes, not the
  /// process.
  public static let queueCapacityRecords = 4096
  /// Kept free for warnings and worse: a flood of lesser lines must not hide why it came.
  public static let reservedForWarningsRecords = 512

  public let level: Logger.Level
  private let queue: LogQueue

  /// - Parameters:
  ///   - descriptor: kept open by the caller until `close` returned.
  ///   - nowMicroseconds: wall clock, microseconds since 1970.
  public init(
    format: Format, level: Logger.Level = .info, descriptor: Int32 = LogOutput.standardError,
    nowMicroseconds: @escaping @Sendable () -> Int64 = LogOutput.systemMicroseconds
  ) {
    self.level = level
    queue = LogQueue(
      format: format, descriptor: descriptor, capacity: Self.queueCapacityRecords,
      reserve: Self.reservedForWarningsRecords, nowMicroseconds: nowMicroseconds)
  }

  /// Makes this the output of every `Logger` of the process. Once per process.
  public func bootstrap() {
    LoggingSystem.bootstrap { label in self.handler(label: label) }
  }

  public func handler(label: String) -> any LogHandler {
    QueueingLogHandler(label: label, level: level, queue: queue)
  }

  public func logger(label: String) -> Logger {
    Logger(label: label, factory: { self.handler(label: $0) })
  }

  /// Lines lost so far because the queue was full.
  public var droppedCount: Int { queue.droppedCount }

  /// Waits until everything logged before is written, or until a stalled reader has cost `LogQueue.stallSecondsMax`.
  public func flush() { queue.flush() }

  /// Writes what waits and ends the thread. Later records are dropped. May be called again.
  public func close() { queue.close() }

  public static let standardError: Int32 = 2

  /// CLOCK_REALTIME.
  public static func systemMicroseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}

/// What a `Logger` of this process holds: its fields, and the way to the queue.
struct QueueingLogHandler: LogHandler {
  let label: String
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  private let queue: LogQueue

  init(label: String, level: Logger.Level, queue: LogQueue) {
    self.label = label
    self.logLevel = level
    self.queue = queue
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var fields = metadata
    if let provided = metadataProvider?.get() { fields.merge(provided) { _, newer in newer } }
    if let own = event.metadata {
      if fields.isEmpty { fields = own } else { fields.merge(own) { _, newer in newer } }
    }
    if let error = event.error { fields["error"] = .string(String(describing: error)) }
    queue.append(
      LogRecord(
        microseconds: queue.nowMicroseconds(), level: event.level, label: label, message: event.message.description,
        fields: fields))
  }
}
