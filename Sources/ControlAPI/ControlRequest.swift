/// A request without its HTTP library.
struct ControlRequest: Sendable {
  var method: String
  /// Without the query.
  var path: String
  /// From `Host`.
  var authority: String?
  /// Names in lower case; of repeated headers the first.
  var headers: [String: String] = [:]
  var body: [UInt8] = []
  /// Longer than `ControlResponder.bodyBytesMax`, and not read.
  var isBodyTooLarge = false
  /// The peer's address, for the audit line.
  var remote = "unknown"
}
