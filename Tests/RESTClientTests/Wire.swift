import RESTClient
import Trading
import Venue

/// A transport and the scripted server that it talks to, with requests that carry canaries where secrets would be.
struct Wire {
  static let canaryKey = "CANARYKEY"
  static let canarySignature = "CANARYSIGNATURE"

  let server: ScriptedServer
  let transport: HTTPTransport

  /// An idle connection is kept for longer than a busy machine may leave a test waiting between two requests.
  static let patient = HTTPTransportConfiguration(idleConnectionMax: .seconds(600))
  /// Nor gives up a read that stays silent.
  static let unending = HTTPTransportConfiguration(idleConnectionMax: .seconds(600), silenceMax: .seconds(600))

  init(
    _ configuration: HTTPTransportConfiguration = Wire.patient,
    script: @escaping ScriptedServer.Script
  ) throws {
    server = try ScriptedServer(script: script)
    transport = try HTTPTransport(origin: HTTPOrigin("http://127.0.0.1:\(server.port)"), configuration: configuration)
  }

  func stop() {
    transport.stop()
    transport.join()
    server.stop()
  }

  static func read(_ purpose: HTTPRequest.Purpose = .reconcile, weight: Int = 1) -> HTTPRequest {
    HTTPRequest(
      method: .get, target: "/api/v3/account?timestamp=1&signature=\(canarySignature)",
      headers: [HTTPRequest.Header("X-MBX-APIKEY", canaryKey)], weight: weight, purpose: purpose, isRead: true,
      label: "GET /api/v3/account")
  }

  static func write(_ method: HTTPRequest.Method = .post) -> HTTPRequest {
    HTTPRequest(
      method: method, target: "/api/v3/order",
      headers: [
        HTTPRequest.Header("X-MBX-APIKEY", canaryKey),
        HTTPRequest.Header("Content-Type", "application/x-www-form-urlencoded"),
      ],
      body: Array("symbol=BTCUSDT&signature=\(canarySignature)".utf8), weight: 1, purpose: .protect, isRead: false,
      label: "\(method.rawValue) /api/v3/order")
  }
}

extension HTTPResult {
  var response: HTTPResponse? { if case .response(let response) = self { response } else { nil } }
  var lostReason: String? { if case .lost(let reason) = self { reason } else { nil } }
  var notSentReason: String? { if case .notSent(let reason, _) = self { reason } else { nil } }

  /// No text of the result may carry a secret (fault SE01).
  var leaks: Bool {
    let text = (lostReason ?? "") + (notSentReason ?? "")
    return text.contains(Wire.canaryKey) || text.contains(Wire.canarySignature)
  }
}
