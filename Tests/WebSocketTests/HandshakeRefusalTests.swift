import Testing

@testable import WebSocket

/// A final status other than 101 is an answer and not an error (RFC 6455 section 4.1, RFC 9112 section 6.3).
@Suite struct HandshakeRefusalTests {
  private func onlyRefusal(in events: [ClientConnection.Event]) -> HandshakeRefusal? {
    guard case .refused(let refusal) = events.first, events.count == 1 else { return nil }
    return refusal
  }

  @Test func `429 with Retry-After 17 and a JSON body is kept whole`() throws {
    var connection = try Wire.connecting()
    let body = #"{"code":-1003,"msg":"Too many requests."}"#
    let answer =
      "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 17\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body
    let refusal = try #require(onlyRefusal(in: connection.receive(Array(answer.utf8))))
    #expect(refusal.status == 429)
    #expect(refusal.retryAfterSeconds == 17)
    #expect(refusal.header("Retry-After") == "17")
    #expect(refusal.body == Array(body.utf8))
    #expect(refusal.isBodyComplete)
    #expect(refusal.description == "the server refused the WebSocket with status 429, retry after 17 s")
    #expect(connection.state == .closed)
    #expect(connection.isCloseExpected)
    #expect(connection.receiveEOF().isEmpty)
  }

  @Test func `a chunked body is put together, extensions and upper-case sizes included`() throws {
    var connection = try Wire.connecting()
    let chunks = "3;name=value\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
    let answer = "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    let refusal = try #require(onlyRefusal(in: connection.receive(Array(answer.utf8))))
    #expect(refusal.body == Array("abc0123456789".utf8))
    #expect(refusal.isBodyComplete)
  }

  @Test func `a body without a length lasts until the end of the stream`() throws {
    var connection = try Wire.connecting()
    #expect(connection.receive(Array("HTTP/1.0 502 Bad Gateway\r\n\r\nupstr".utf8)).isEmpty)
    #expect(connection.receive(Array("eam".utf8)).isEmpty)
    let refusal = try #require(onlyRefusal(in: connection.receiveEOF()))
    #expect(refusal.body == Array("upstream".utf8))
    #expect(refusal.isBodyComplete)
  }

  @Test func `a body that lingers is given up with what came, and the status is not lost`() throws {
    var connection = try Wire.connecting()
    #expect(connection.receive(Array("HTTP/1.1 418 Banned\r\nContent-Length: 10\r\n\r\nabc".utf8)).isEmpty)
    let refusal = try #require(onlyRefusal(in: connection.receiveEOF()))
    #expect(refusal.status == 418)
    #expect(refusal.body == Array("abc".utf8))
    #expect(!refusal.isBodyComplete)
  }

  @Test func `a body over 16 KiB is cut there and delivered at once`() throws {
    var connection = try Wire.connecting()
    let head = Array("HTTP/1.1 403 Forbidden\r\nContent-Length: 1000000\r\n\r\n".utf8)
    let refusal = try #require(onlyRefusal(in: connection.receive(head + [UInt8](repeating: 0x41, count: 20_000))))
    #expect(refusal.body.count == 16 << 10)
    #expect(!refusal.isBodyComplete)
  }

  @Test(arguments: [
    "Content-Length: x\r\n\r\n", "Content-Length: -1\r\n\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "Transfer-Encoding: chunked\r\n\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", "Transfer-Encoding: chunked\r\n\r\n1\r\nabc",
  ])
  func `a body with broken framing still delivers the status`(tail: String) throws {
    var connection = try Wire.connecting()
    let refusal = try #require(onlyRefusal(in: connection.receive(Array(("HTTP/1.1 500 Oops\r\n" + tail).utf8))))
    #expect(refusal.status == 500)
    #expect(!refusal.isBodyComplete)
  }

  @Test(arguments: ["204 No Content", "304 Not Modified"])
  func `a status that has no body is delivered at once`(status: String) throws {
    var connection = try Wire.connecting()
    let refusal = try #require(onlyRefusal(in: connection.receive(Wire.response("", status: status))))
    #expect(refusal.isBodyComplete)
  }

  @Test func `a redirect is a refusal and is not followed`() throws {
    var connection = try Wire.connecting()
    _ = connection.takeOutput()
    let answer = Wire.response("Location: wss://elsewhere.test/\r\nContent-Length: 0\r\n", status: "302 Found")
    #expect(onlyRefusal(in: connection.receive(answer))?.status == 302)
    #expect(connection.takeOutput().isEmpty)
  }

  @Test(arguments: [("120", 120), ("0", 0), ("-1", nil), ("Fri, 31 Dec 1999 23:59:59 GMT", nil)] as [(String, Int?)])
  func `Retry-After is read when it is given in seconds`(value: String, seconds: Int?) {
    let refusal = HandshakeRefusal(
      status: 429, headers: [HeaderField(name: "retry-after", value: value)], body: [], isBodyComplete: true)
    #expect(refusal.retryAfterSeconds == seconds)
  }
}
