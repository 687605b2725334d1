import EventLoop
import Glibc
import Signing
import StreamClient
import Testing
import WebSocket

@Suite struct SessionTests {
  @Test func `over verified TLS a message is echoed and the connection closes in order`() async throws {
    let trust = try TestAuthority()
    let identity = try trust.authority.issue(validity: .days(1, around: TestAuthority.now))
    let server = try LoopbackServer(identity: identity) { peer, _ in
      guard peer.upgrade() else { return }
      peer.send(text: "fill")
      #expect(peer.readText() == "protect")
      peer.write(Peer.frame(8, [0x03, 0xE8]))
      _ = peer.readFrame()
    }
    let harness = try WireHarness()
    defer {
      harness.stop()
      server.stop()
    }
    for host in ["127.0.0.1", "localhost"] {
      let events = try harness.connect(to: "wss://\(host):\(server.port)/", tls: trust.context) { session, event in
        if case .message = event { #expect((try? session.send(text: Array("protect".utf8))) != nil) }
      }
      let result = await events.untilEnd()
      #expect(result.didOpen)
      #expect(result.messages == [Array("fill".utf8)])
      #expect(result.closed == .closed(.normal))
    }
  }

  enum BadCertificate: CaseIterable {
    case expired, notYetValid, wrongHost, wrongAddress, unknownAuthority
  }

  @Test(arguments: BadCertificate.allCases)
  func `a bad certificate is named, and no byte of application data is sent`(bad: BadCertificate) async throws {
    let trust = try TestAuthority()
    let now = TestAuthority.now
    var host = "localhost"
    let identity: ServerIdentity
    let expected: TLSFailure
    switch bad {
    case .expired:
      identity = try trust.authority.issue(validity: .init(notBefore: now - 3000, notAfter: now - 60))
      expected = .certificateExpired
    case .notYetValid:
      identity = try trust.authority.issue(validity: .init(notBefore: now + 3000, notAfter: now + 9000))
      expected = .certificateNotYetValid
    case .wrongHost:
      identity = try trust.authority.issue(for: [.dns("other.example")], validity: .days(1, around: now))
      expected = .hostMismatch(host: "localhost")
    case .wrongAddress:
      host = "127.0.0.1"
      identity = try trust.authority.issue(for: [.dns("localhost"), .ip("127.0.0.2")], validity: .days(1, around: now))
      expected = .hostMismatch(host: "127.0.0.1")
    case .unknownAuthority:
      identity = try CertificateAuthority(validity: .days(1, around: now)).issue(validity: .days(1, around: now))
      expected = .untrustedIssuer(code: 20)
    }
    let server = try LoopbackServer(identity: identity) { peer, _ in
      // In TLS 1.3 the server may believe that the handshake is done before the client's alert comes.
      while peer.read() {}
      #expect(peer.receivedCount == 0)
    }
    let harness = try WireHarness()
    defer {
      harness.stop()
      server.stop()
    }
    let result = try await harness.connect(to: "wss://\(host):\(server.port)/", tls: trust.context).untilEnd()
    #expect(!result.didOpen)
    #expect(result.closed?.category == .tls)
    if bad == .unknownAuthority {
      // Same name, other key: which of the two codes depends on how OpenSSL looks the issuer up.
      guard case .tls(.untrustedIssuer)? = result.closed else {
        Issue.record("\(String(describing: result.closed))")
        return
      }
    } else {
      #expect(result.closed == .tls(expected))
    }
  }

  @Test func `a server that does not speak TLS is a TLS failure, one that hangs up in the handshake is not`()
    async throws
  {
    let trust = try TestAuthority()
    let plain = try LoopbackServer { peer, _ in
      peer.write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
      while peer.read() {}
    }
    let closing = try LoopbackServer { peer, _ in
      _ = peer.read()
    }
    let harness = try WireHarness()
    defer {
      harness.stop()
      plain.stop()
      closing.stop()
    }
    let first = try await harness.connect(to: "wss://127.0.0.1:\(plain.port)/", tls: trust.context).untilEnd()
    #expect(first.closed?.category == .tls)
    let second = try await harness.connect(to: "wss://127.0.0.1:\(closing.port)/", tls: trust.context).untilEnd()
    #expect(second.closed?.category == .closed)
  }

  @Test func `ws to another host and wss without trust are refused before a socket is made`() async throws {
    let harness = try WireHarness()
    defer { harness.stop() }
    // TEST-NET-1 of RFC 5737: nothing is ever there.
    let first = try await harness.connect(to: "ws://192.0.2.1:9/").untilEnd()
    #expect(first.closed == .insecure(host: "192.0.2.1"))
    let second = try await harness.connect(to: "wss://127.0.0.1:9/").untilEnd()
    #expect(second.closed == .insecure(host: "127.0.0.1"))
  }

  @Test func `a refused handshake keeps status and Retry-After`() async throws {
    let server = try LoopbackServer { peer, _ in
      _ = peer.readRequest()
      peer.write(Array("HTTP/1.1 429 Too Many\r\nRetry-After: 17\r\nContent-Length: 2\r\n\r\n{}".utf8))
      while peer.read() {}
    }
    let harness = try WireHarness()
    defer {
      harness.stop()
      server.stop()
    }
    let result = try await harness.connect(to: "ws://127.0.0.1:\(server.port)/").untilEnd()
    #expect(result.closed == .refused(status: 429, retryAfterSeconds: 17))
  }

  @Test func `a port that nobody listens on is a connect error with its errno`() async throws {
    let server = try LoopbackServer { _, _ in }
    server.stop()
    let harness = try WireHarness()
    defer { harness.stop() }
    let result = try await harness.connect(to: "ws://127.0.0.1:\(server.port)/").untilEnd()
    #expect(result.closed == .connect(address: "127.0.0.1:\(server.port)", errno: ECONNREFUSED))
  }

  @Test func `a reset in the middle of a frame ends the session with an error and no half message`() async throws {
    let server = try LoopbackServer { peer, _ in
      guard peer.upgrade() else { return }
      peer.send(text: "whole")
      _ = peer.readText()
      peer.write(Array(Peer.frame(1, Array("half a message".utf8)).prefix(6)))
      peer.end(reset: true)
    }
    let harness = try WireHarness()
    defer {
      harness.stop()
      server.stop()
    }
    let result = try await harness.connect(to: "ws://127.0.0.1:\(server.port)/") { session, event in
      if case .message = event { try? session.send(text: Array("go on".utf8)) }
    }.untilEnd()
    #expect(result.messages == [Array("whole".utf8)])
    #expect(result.closed?.category == .closed)
  }

  @Test func `4 MiB through a small socket buffer arrive whole and in order, under TLS`() async throws {
    let trust = try TestAuthority()
    let identity = try trust.authority.issue(validity: .days(1, around: TestAuthority.now))
    let payload = (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let limits = ConnectionLimits(
      maximumFrameBytes: 8 << 20, maximumMessageBytes: 8 << 20, maximumPendingOutputBytes: 8 << 20)
    let server = try LoopbackServer(identity: identity) { peer, _ in
      guard peer.upgrade(), let frame = peer.readFrame() else { return }
      peer.write(Peer.frame(2, frame.payload))
      _ = peer.readFrame()
    }
    let harness = try WireHarness()
    defer {
      harness.stop()
      server.stop()
    }
    let result = try await harness.connect(
      to: "wss://127.0.0.1:\(server.port)/", tls: trust.context, limits: limits
    ) { session, event in
      if case .opened = event { try? session.send(binary: payload) }
      if case .message = event { session.close() }
    }.untilEnd()
    #expect(result.messages == [payload])
  }

  @Test func `a server that never answers the opening request costs 5 s, and an idle one the idle deadline`()
    async throws
  {
    let idle = try LoopbackServer { peer, _ in
      guard peer.upgrade() else { return }
      while peer.read() {}
    }
    let harness = try WireHarness()
    defer {
      harness.stop()
      idle.stop()
    }
    // The request has arrived, so the deadline is set.
    let requested = try LoopbackServer { peer, _ in
      _ = peer.readRequest()
      harness.clock.advance(bySeconds: 5)
      while peer.read() {}
    }
    defer { requested.stop() }
    let first = try await harness.connect(to: "ws://127.0.0.1:\(requested.port)/").untilEnd()
    #expect(first.closed == .timeout(.handshake))
    let second = try await harness.connect(
      to: "ws://127.0.0.1:\(idle.port)/", transportTimings: TransportTimings(idle: .seconds(60))
    ) { [clock = harness.clock] _, event in
      if case .opened = event { clock.advance(bySeconds: 60) }
    }.untilEnd()
    #expect(second.closed == .timeout(.idle))
  }
}
