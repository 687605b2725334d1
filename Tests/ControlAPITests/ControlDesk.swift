import EventLoop
import Logging
import Telemetry
import Trading
import Venue

@testable import ControlAPI

/// A responder in front of a fake surface, asked without any network.
struct ControlDesk {
  static let token = "correct-horse-battery-staple-42"

  let surface: FakeSurface
  let responder: ControlResponder
  let registry = MetricsRegistry()
  let time = ManualClock()

  init(
    surface: FakeSurface = FakeSurface(), hasToken: Bool = true, allowedOrigins: Set<String> = [],
    logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  ) throws {
    self.surface = surface
    let configuration = ControlServerConfiguration(
      token: hasToken ? try BearerToken(Self.token) : nil, allowedOrigins: allowedOrigins, version: "0.1.0")
    responder = ControlResponder(
      gate: try configuration.checked(), surface: surface, registry: registry, version: "0.1.0", logger: logger,
      clock: time.monotonic, entropy: .seeded(1))
  }

  func send(
    _ method: String, _ path: String, token: String? = nil, headers: [String: String] = [:], body: String? = nil,
    authority: String? = "127.0.0.1:9180"
  ) async -> ControlResponse {
    var headers = headers
    if let token { headers["authorization"] = "Bearer " + token }
    if body != nil, headers["content-type"] == nil { headers["content-type"] = "application/json" }
    return await responder.respond(
      to: ControlRequest(
        method: method, path: path, authority: authority, headers: headers, body: Array((body ?? "").utf8)))
  }

  func send(_ route: ControlRoute, token: String? = nil, headers: [String: String] = [:]) async -> ControlResponse {
    await send(
      route.method.rawValue, route.path.replacing("{account}", with: "main"), token: token, headers: headers,
      body: route.method == .post ? "{}" : nil)
  }

  func post(_ path: String, _ body: String) async -> ControlResponse {
    await send("POST", path, token: Self.token, body: body)
  }
}

extension ControlResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
  var json: JSONValue? { JSONValue(parsing: body) }
  var errorCode: String? { json?["error"]?["code"]?.string }
}

extension JSONValue {
  subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  subscript(index: Int) -> JSONValue? {
    guard case .array(let values) = self, values.indices.contains(index) else { return nil }
    return values[index]
  }

  var string: String? { if case .string(let text) = self { text } else { nil } }
  var number: Double? { if case .number(let number) = self { number } else { nil } }

  /// Every member's path, arrays as `[]`: the shape of a body without its values.
  var shape: Set<String> {
    switch self {
    case .null, .bool, .number, .string: []
    case .array(let values): values.reduce(into: []) { $0.formUnion($1.shape.map { "[]" + $0 }) }
    case .object(let members):
      members.reduce(into: []) { shape, member in
        shape.insert("." + member.name)
        shape.formUnion(member.value.shape.map { "." + member.name + $0 })
      }
    }
  }
}
