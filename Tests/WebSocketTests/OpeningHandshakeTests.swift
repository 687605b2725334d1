import Testing

@testable import WebSocket

/// RFC 6455 section 4.1 and 4.2.2.
@Suite struct OpeningHandshakeTests {
  @Test func `the request of section 1_3 goes out byte for byte`() throws {
    var connection = ClientConnection(
      request: try OpeningRequest(
        url: try WebSocketURL("wss://stream.venue.test:9443/ws?streams=a%20b"),
        headers: [HeaderField(name: "User-Agent", value: "backstop")], subprotocols: ["chat", "superchat"]),
      nonce: Wire.nonce, maskKeys: MaskKeys(repeating: 0))
    let request = """
      GET /ws?streams=a%20b HTTP/1.1\r
      Host: stream.venue.test:9443\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Protocol: chat, superchat\r
      User-Agent: backstop\r
      \r\n
      """
    #expect(String(decoding: connection.takeOutput(), as: UTF8.self) == request)
    #expect(connection.state == .connecting)
    #expect(connection.takeOutput().isEmpty)
  }

  @Test func `a 101 with the right answer opens the connection`() throws {
    var connection = try Wire.connecting()
    let events = connection.receive(Wire.response)
    let headers = [
      HeaderField(name: "upgrade", value: "websocket"), HeaderField(name: "connection", value: "Upgrade"),
      HeaderField(name: "sec-websocket-accept", value: Wire.accept),
    ]
    #expect(events == [.opened(OpeningResponse(headers: headers, subprotocol: nil))])
    #expect(connection.state == .open)
    #expect(!connection.isCloseExpected)
  }

  @Test func `frames in the same read as the 101 are not lost`() throws {
    var connection = try Wire.connecting()
    let events = connection.receive(Wire.response + Wire.frame(0x81, "hi") + Wire.frame(0x89, "?"))
    #expect(events.dropFirst() == [.text(Array("hi".utf8)), .ping(Array("?".utf8))])
  }

  @Test func `header names and tokens compare without case and lists are searched`() throws {
    var connection = try Wire.connecting()
    let headers = "UPGRADE:WebSocket\r\nconnection: keep-alive, UPGRADE\r\nsec-websocket-ACCEPT:\t\(Wire.accept) \r\n"
    _ = connection.receive(Wire.response(headers))
    #expect(connection.state == .open)
  }

  @Test func `an interim response is skipped`() throws {
    var connection = try Wire.connecting()
    let events = connection.receive(Wire.response("Link: x\r\n", status: "103 Early Hints") + Wire.response)
    #expect(events.count == 1)
    #expect(connection.state == .open)
  }

  @Test(arguments: [
    ("Connection: Upgrade\r\nSec-WebSocket-Accept: \(Wire.accept)\r\n", HandshakeViolation.missingUpgrade),
    ("Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(Wire.accept)\r\n", .missingUpgrade),
    ("Upgrade: websocket\r\nSec-WebSocket-Accept: \(Wire.accept)\r\n", .missingConnectionUpgrade),
    ("Upgrade: websocket\r\nConnection: close\r\nSec-WebSocket-Accept: \(Wire.accept)\r\n", .missingConnectionUpgrade),
    ("Upgrade: websocket\r\nConnection: Upgrade\r\n", .acceptMismatch),
    (
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
      .acceptMismatch
    ),
    (headers("Sec-WebSocket-Accept: \(Wire.accept)"), .acceptMismatch),
    (headers("Sec-WebSocket-Extensions: permessage-deflate"), .unofferedExtension),
    (headers("Sec-WebSocket-Protocol: chat"), .unofferedSubprotocol),
    (headers("no colon here"), .malformedHeader),
    (headers("name : value"), .malformedHeader),
    (headers("a: b\r\n folded"), .malformedHeader),
    (headers("a: b\u{0}c"), .malformedHeader),
    (headers("a: b\nc: d"), .malformedHeader),
    (headers("a: b\rc: d"), .malformedHeader),
  ])
  func `a 101 that breaks section 4_1 fails and sends nothing`(headers: String, violation: HandshakeViolation) throws {
    var connection = try Wire.connecting()
    _ = connection.takeOutput()
    #expect(connection.receive(Wire.response(headers)) == [.failed(.handshake(violation))])
    #expect(connection.state == .closed)
    #expect(connection.takeOutput().isEmpty)
    #expect(connection.receive(Wire.response).isEmpty)
    #expect(connection.receiveEOF().isEmpty)
  }

  static func headers(_ more: String) -> String {
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(Wire.accept)\r\n\(more)\r\n"
  }

  @Test(arguments: [
    "HTTP/1.1 10 Switching\r\n\r\n", "HTTP/1.1 1010 Switching\r\n\r\n", "HTTP/1.x 101 X\r\n\r\n", "\r\n\r\n",
    "HTTP/1.1  101\r\n\r\n", "HTTP/1.1101 101\r\n\r\n",
  ])
  func `a status line that is none fails`(head: String) throws {
    var connection = try Wire.connecting()
    #expect(connection.receive(Array(head.utf8)) == [.failed(.handshake(.malformedStatusLine))])
  }

  @Test func `a 101 over HTTP 1_0 fails`() throws {
    var connection = try Wire.connecting()
    let answer = Array("HTTP/1.0 ".utf8) + Wire.response.dropFirst(9)
    #expect(connection.receive(answer) == [.failed(.handshake(.malformedStatusLine))])
  }

  @Test func `a TLS alert on a plain connection fails at its first byte`() throws {
    var connection = try Wire.connecting()
    #expect(connection.receive([0x15]) == [.failed(.handshake(.malformedStatusLine))])
  }

  @Test func `an offered subprotocol may be chosen, and only one`() throws {
    var connection = try Wire.connecting(subprotocols: ["v1", "v2"])
    let events = connection.receive(Wire.response(Self.headers("Sec-WebSocket-Protocol: v2")))
    guard case .opened(let response) = events.first else {
      Issue.record("not opened: \(events)")
      return
    }
    #expect(response.subprotocol == "v2")

    var greedy = try Wire.connecting(subprotocols: ["v1", "v2"])
    let both = Self.headers("Sec-WebSocket-Protocol: v1\r\nSec-WebSocket-Protocol: v2")
    #expect(greedy.receive(Wire.response(both)) == [.failed(.handshake(.unofferedSubprotocol))])
  }

  @Test func `a head over 16 KiB fails, also when interim responses make it up`() throws {
    var connection = try Wire.connecting()
    let events = connection.receive(Wire.response("a: \(String(repeating: "x", count: 16 << 10))\r\n"))
    #expect(events == [.failed(.handshake(.headTooLarge(limitBytes: 16 << 10)))])

    var patient = try Wire.connecting()
    let interim = Wire.response("a: \(String(repeating: "x", count: 1000))\r\n", status: "100 Continue")
    let last = (0..<17).flatMap { _ in patient.receive(interim) }
    #expect(last == [.failed(.handshake(.headTooLarge(limitBytes: 16 << 10)))])
  }

  @Test func `more than 100 header fields fail`() throws {
    var connection = try Wire.connecting()
    let events = connection.receive(Wire.response((0..<101).map { "h\($0): v\r\n" }.joined()))
    #expect(events == [.failed(.handshake(.tooManyHeaders(limit: 100)))])
  }

  @Test func `the end of the stream before the response is complete fails`() throws {
    for count in 0..<Wire.response.count {
      var connection = try Wire.connecting()
      #expect(connection.receive(Array(Wire.response.prefix(count))).isEmpty)
      #expect(connection.receiveEOF() == [.failed(.handshake(.ended))])
      #expect(connection.state == .closed)
    }
  }

  @Test func `nothing can be sent before the connection is open`() throws {
    var connection = try Wire.connecting()
    #expect(throws: SendRefusal.notOpen) { try connection.sendText("early") }
    #expect(throws: SendRefusal.notOpen) { try connection.sendPing() }
    #expect(throws: SendRefusal.notOpen) { try connection.close() }
  }
}
