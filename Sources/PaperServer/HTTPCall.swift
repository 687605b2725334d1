/// One HTTP request as the venue sees it: bytes as sent, so that a signature can be checked.
struct HTTPCall {
  var method: String
  /// Without the query, not decoded.
  var path: String
  /// After the `?`, as sent.
  var query: String
  var body: String
  var apiKey: String?
  var bearer: String?
  /// It came in on the plain loopback listener, where the admin endpoints live.
  var isLoopback: Bool
}

/// One HTTP answer.
struct HTTPAnswer {
  var status = 200
  var headers: [(name: String, value: String)] = []
  var contentType = "application/json;charset=UTF-8"
  var body: [UInt8] = []

  static func json(_ body: [UInt8], status: Int = 200) -> HTTPAnswer { HTTPAnswer(status: status, body: body) }
}

/// What becomes of a call.
enum HTTPOutcome {
  case answer(HTTPAnswer)
  /// Nobody will answer: the caller's own deadline must end the wait.
  case silence
  /// The connection is closed instead.
  case close
}
