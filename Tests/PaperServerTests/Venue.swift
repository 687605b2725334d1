import Glibc
import PaperServer
import PaperVenue
import Signing
import TestSupport
import Testing
import Trading

/// A paper server on free loopback ports with a clock that stands where the test puts it, in a folder of its own.
struct Venue {
  let server: VenueServer
  static let time = Timestamp(milliseconds: 1_763_700_000_000)

  static func run(
    _ adjust: (inout PaperServerConfiguration) -> Void = { _ in }, _ body: (Venue) async throws -> Void
  ) async throws {
    var configuration = try PaperServerConfiguration.demo(directory: temporaryDirectory(), clock: VenueClock { time })
    adjust(&configuration)
    let server = try await VenueServer.start(configuration)
    do {
      try await body(Venue(server: server))
    } catch {
      try await server.stop()
      throw error
    }
    try await server.stop()
  }

  var hmac: PaperCredential { credential("main-hmac") }
  var ed25519: PaperCredential { credential("main-ed25519") }

  func credential(_ label: String) -> PaperCredential {
    guard let found = server.credentials.first(where: { $0.label == label }) else {
      preconditionFailure("the demo configuration has no key \(label)")
    }
    return found
  }

  /// A WebSocket API request, signed over its sorted parameters.
  func call(
    _ id: String, _ method: String, _ parameters: [(String, String)] = [], _ credential: PaperCredential? = nil,
    at time: Timestamp = Venue.time
  ) throws -> String {
    var all = parameters
    if let credential {
      all.append(("apiKey", credential.apiKey))
      all.append(("timestamp", String(time.milliseconds)))
      let payload = all.sorted { $0.0 < $1.0 }.map { "\($0)=\($1)" }.joined(separator: "&")
      all.append(("signature", try SigningKey.make(credential.algorithm, credential.secret).sign(payload)))
    }
    let fields = all.map { name, value in
      name == "timestamp" ? "\"\(name)\":\(value)" : "\"\(name)\":\"\(value)\""
    }
    return "{\"id\":\"\(id)\",\"method\":\"\(method)\",\"params\":{\(fields.joined(separator: ","))}}"
  }
}
