/// An answer without its HTTP library.
struct ControlResponse: Sendable, Equatable {
  var status: Int
  var contentType: String
  var headers: [String: String] = [:]
  var body: [UInt8]

  static let json = "application/json"

  init(status: Int = 200, _ value: JSONValue) {
    self.status = status
    contentType = Self.json
    body = value.bytes
  }

  init(status: Int = 200, contentType: String, headers: [String: String] = [:], text: String) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    body = Array(text.utf8)
  }

  init(_ refusal: ControlRefusal) {
    self.init(
      status: refusal.kind.status,
      .object([
        .init(
          "error",
          .object([
            .init("code", .string(refusal.code)), .init("message", .string(refusal.message)),
            .init("hint", .string(refusal.hint)),
          ]))
      ]))
    if refusal.kind == .unauthorized { headers["www-authenticate"] = "Bearer" }
    if refusal.kind == .tooMany { headers["retry-after"] = "60" }
  }
}
