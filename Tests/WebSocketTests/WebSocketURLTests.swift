import Testing

@testable import WebSocket

/// RFC 6455 section 3.
@Suite struct WebSocketURLTests {
  @Test(arguments: [
    ("ws://h", false, "h", 80, "/", "h"),
    ("wss://h", true, "h", 443, "/", "h"),
    ("WSS://Stream.Venue.Test:9443/ws", true, "stream.venue.test", 9443, "/ws", "stream.venue.test:9443"),
    ("wss://h:443/a?b=c%20d", true, "h", 443, "/a?b=c%20d", "h"),
    ("ws://h?x=1", false, "h", 80, "/?x=1", "h"),
    ("ws://127.0.0.1:1/", false, "127.0.0.1", 1, "/", "127.0.0.1:1"),
    ("ws://[::1]:9001/runCase?case=1", false, "::1", 9001, "/runCase?case=1", "[::1]:9001"),
    ("wss://[2001:DB8::7]", true, "2001:db8::7", 443, "/", "[2001:db8::7]"),
  ])
  func `an address is taken apart`(
    text: String, isSecure: Bool, host: String, port: UInt16, target: String, authority: String
  ) throws {
    let url = try WebSocketURL(text)
    #expect(url.isSecure == isSecure)
    #expect(url.host == host)
    #expect(url.port == port)
    #expect(url.target == target)
    #expect(url.authority == authority)
  }

  @Test(arguments: [
    ("", InvalidWebSocketURL.scheme), ("h", .scheme), ("https://h", .scheme), ("ws:/h", .scheme), ("ws:", .scheme),
    ("ws://", .host), ("ws:///path", .host), ("ws://a b", .host), ("ws://[::1", .host), ("ws://[h]", .host),
    ("ws://ä.test", .host), ("ws://::1", .host), ("ws://h:x", .port), ("ws://h:", .port), ("ws://h:0", .port),
    ("ws://h:65536", .port), ("ws://h:+1", .port), ("ws://[::1]x", .port), ("ws://user:secret@h/", .userInformation),
    ("ws://h/a b", .target), ("ws://h/ä", .target), ("ws://h/\r\nX: y", .target), ("ws://h/#top", .fragment),
    ("ws://h#top", .fragment),
  ])
  func `a wrong address says which part is wrong`(text: String, problem: InvalidWebSocketURL) {
    #expect(throws: problem) { try WebSocketURL(text) }
  }

  @Test func `the description keeps a listen key in the path out of logs`() throws {
    #expect(try WebSocketURL("wss://h:9443/ws/SECRETKEY?token=SECRET").description == "wss://h:9443")
  }

  @Test(arguments: [
    ("", "v", InvalidOpeningRequest.headerName), ("a b", "v", .headerName), ("a:", "v", .headerName),
    ("X-A", "v\r\nInjected: 1", .headerValue(name: "X-A")), ("X-A", "\u{0}", .headerValue(name: "X-A")),
    ("host", "h", .reservedHeader(name: "host")), ("Upgrade", "x", .reservedHeader(name: "Upgrade")),
    ("Sec-WebSocket-Extensions", "x", .reservedHeader(name: "Sec-WebSocket-Extensions")),
  ])
  func `a header that could break the request is refused`(
    name: String, value: String, problem: InvalidOpeningRequest
  ) throws {
    let url = try WebSocketURL("ws://h")
    #expect(throws: problem) { try OpeningRequest(url: url, headers: [HeaderField(name: name, value: value)]) }
  }

  @Test(arguments: [[""], ["a b"], ["a", "a"], ["a,b"]])
  func `subprotocols must be distinct tokens`(names: [String]) throws {
    let url = try WebSocketURL("ws://h")
    #expect(throws: InvalidOpeningRequest.subprotocol) { try OpeningRequest(url: url, subprotocols: names) }
  }
}
