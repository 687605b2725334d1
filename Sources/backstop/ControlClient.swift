import Guardian
import RESTClient
import Signing
import Venue

/// Speaks to a running guardian's control API on this machine.
struct ControlClient: Sendable {
  struct Answer: Sendable {
    var status: Int
    var body: String
  }

  private let transport: HTTPTransport
  private let token: @Sendable () throws -> Secret
  let address: String

  /// - Parameter token: read for each request, because the guardian may make it at its first start.
  init(host: String, port: Int, token: @escaping @Sendable () throws -> Secret) throws {
    let name = host.contains(":") ? "[\(host)]" : host
    address = "http://\(name):\(port)"
    transport = try HTTPTransport(origin: HTTPOrigin(address))
    self.token = token
  }

  func get(_ path: String) async throws -> Answer { try await send(.get, path, body: "") }
  func post(_ path: String, body: String) async throws -> Answer { try await send(.post, path, body: body) }

  private func send(_ method: HTTPRequest.Method, _ path: String, body: String) async throws -> Answer {
    let request = HTTPRequest(
      method: method, target: path,
      headers: [
        .init("Authorization", "Bearer " + (try token().revealedText())), .init("Content-Type", "application/json"),
      ],
      body: Array(body.utf8), weight: 0, purpose: .reconcile, isRead: method == .get,
      label: "\(method.rawValue) \(path)")
    switch await transport.perform(request, deadline: .seconds(10)) {
    case .response(let response):
      return Answer(status: response.status, body: String(decoding: response.body, as: UTF8.self))
    case .notSent(let reason, _), .lost(let reason):
      throw CommandFailure(
        .unavailable,
        "the guardian at \(address) does not answer (\(reason)); is `backstop run` running with this configuration?")
    }
  }
}
