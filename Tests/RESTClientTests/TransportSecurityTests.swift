import Foundation
import RESTClient
import Signing
import TestSupport
import Testing
import Trading
import Venue

@Suite struct TransportSecurityTests {
  private static let day: Int64 = 86_400

  /// A TLS server for `names` under its own authority, and the folder with that authority's certificate.
  private struct Venue {
    let server: ScriptedServer
    let caFile: String

    init(
      _ names: [CertificateAuthority.ServerName], isExpired: Bool = false,
      script: @escaping ScriptedServer.Script = { _ in .answer(ScriptedServer.http("200 OK")) }
    ) throws {
      let now = Int64(time(nil))
      let authority = try CertificateAuthority(validity: .days(2, around: now))
      let validity: CertificateAuthority.Validity =
        isExpired ? .init(notBefore: now - 3 * day, notAfter: now - day) : .days(2, around: now)
      server = try ScriptedServer(identity: authority.issue(for: names, validity: validity), script: script)
      caFile = try temporaryDirectory() + "/ca.pem"
      try authority.certificatePEM.write(toFile: caFile, atomically: false, encoding: .utf8)
    }

    func transport(_ host: String, trusting caFile: String?, fallback: [String] = []) throws -> HTTPTransport {
      var configuration = Wire.patient
      configuration.caFile = caFile
      configuration.fallbackAddresses = fallback
      return try HTTPTransport(
        origin: HTTPOrigin("https://\(host):\(server.port)"), configuration: configuration)
    }

    func stop() {
      server.stop()
      unlink(caFile)
    }
  }

  @Test func `a certificate of the configured authority for this host is accepted, and the connection is kept`()
    async throws
  {
    let venue = try Venue(CertificateAuthority.ServerName.loopback)
    defer { venue.stop() }
    let transport = try venue.transport("localhost", trusting: venue.caFile)
    defer { transport.stop() }
    for _ in 0..<3 {
      #expect(await transport.perform(Wire.write(), deadline: .seconds(20)).response?.status == 200)
    }
    #expect(venue.server.received.map(\.connection) == [1, 1, 1])
  }

  @Test(arguments: ["wrong host", "expired", "unknown authority", "foreign authority"])
  func `a bad certificate means not sent, and not one byte of the request leaves`(flaw: String) async throws {
    let names: [CertificateAuthority.ServerName] =
      flaw == "wrong host" ? [.dns("venue.example")] : CertificateAuthority.ServerName.loopback
    let venue = try Venue(names, isExpired: flaw == "expired")
    defer { venue.stop() }
    let foreign = try Venue(CertificateAuthority.ServerName.loopback)
    defer { foreign.stop() }
    let caFile =
      switch flaw {
      case "unknown authority": nil as String?
      case "foreign authority": foreign.caFile
      default: venue.caFile
      }
    let transport = try venue.transport("localhost", trusting: caFile)
    defer { transport.stop() }
    let result = await transport.perform(Wire.write(), deadline: .seconds(20))
    #expect(result.notSentReason?.contains("TLS refused") == true, "\(result)")
    #expect(!result.leaks)
    await venue.server.closed(1)
    #expect(venue.server.receivedBytes == 0)
  }

  @Test func `a server that does not speak TLS gets nothing but a handshake`() async throws {
    let plain = try ScriptedServer { _ in .silence }
    defer { plain.stop() }
    let transport = try HTTPTransport(origin: HTTPOrigin("https://127.0.0.1:\(plain.port)"))
    defer { transport.stop() }
    let result = await transport.perform(Wire.write(), deadline: .milliseconds(300))
    #expect(result.notSentReason != nil)
    #expect(plain.received.isEmpty)
  }

  @Test func `when the name cannot be resolved a known address serves, still checked against the name`() async throws {
    let venue = try Venue([.dns("venue.invalid")])
    defer { venue.stop() }
    let transport = try venue.transport("venue.invalid", trusting: venue.caFile, fallback: ["127.0.0.1"])
    defer { transport.stop() }
    #expect(await transport.perform(Wire.write(), deadline: .seconds(20)).response?.status == 200)

    let impostor = try venue.transport("other.invalid", trusting: venue.caFile, fallback: ["127.0.0.1"])
    defer { impostor.stop() }
    let refused = await impostor.perform(Wire.write(), deadline: .seconds(20))
    #expect(refused.notSentReason?.contains("TLS refused") == true)
    #expect(venue.server.received.count == 1)
  }

  @Test func `a name that cannot be resolved is not sent`() async throws {
    let transport = try HTTPTransport(origin: HTTPOrigin("https://venue.invalid"))
    defer { transport.stop() }
    let result = await transport.perform(Wire.write(), deadline: .seconds(20))
    #expect(result.notSentReason != nil)
  }

  @Test func `a CA file that cannot be read is refused at the start`() throws {
    #expect(throws: HTTPTransportError.unreadableCAFile(path: "/nowhere/ca.pem")) {
      try HTTPTransport(
        origin: HTTPOrigin("https://localhost"), configuration: HTTPTransportConfiguration(caFile: "/nowhere/ca.pem"))
    }
  }
}
