import EventLoop
import Logging

/// Keeps lines as `message key=value …`.
struct RecordingLogHandler: LogHandler {
  let lines: Locked<[String]>
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  static func logger(_ lines: Locked<[String]>) -> Logger {
    Logger(label: "test", factory: { _ in RecordingLogHandler(lines: lines) })
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    lines.withLock { $0.append("\(event.message)" + fields) }
  }
}
