import EventLoop
import Glibc
import RESTClient
import Testing
import Trading
import Venue

@Suite struct HTTPTransportTests {
  /// Nobody waits for it: on a busy machine a test's own steps may be a minute apart.
  private static let generous = Duration.seconds(600)

  @Test func `two requests use one connection and carry exactly the given bytes`() async throws {
    let wire = try Wire { _ in .answer(ScriptedServer.http("200 OK", #"{"ok":1}"#)) }
    defer { wire.stop() }
    var read = Wire.read()
    read.target = "/api/v3/../v3/myTrades?symbol=%E8%BF%99&a=b%2Fc&signature=\(Wire.canarySignature)"
    let first = await wire.transport.perform(read, deadline: Self.generous)
    let second = await wire.transport.perform(Wire.write(), deadline: Self.generous)
    #expect(first.response?.status == 200)
    #expect(second.response?.body == Array(#"{"ok":1}"#.utf8))
    let received = wire.server.received
    try #require(received.count == 2)
    #expect(received.map(\.connection) == [1, 1])
    #expect(received[0].text.hasPrefix("GET \(read.target) HTTP/1.1\r\n"))
    #expect(received[0].text.contains("\r\nX-MBX-APIKEY: \(Wire.canaryKey)\r\n"))
    #expect(received[1].text.hasPrefix("POST /api/v3/order HTTP/1.1\r\n"))
    #expect(received[1].text.hasSuffix("\r\n\r\nsymbol=BTCUSDT&signature=\(Wire.canarySignature)"))
    #expect(!received[1].text.contains("Expect:"))
  }

  @Test(arguments: [HTTPRequest.Method.put, .delete])
  func `PUT and DELETE go out as such, with their body`(method: HTTPRequest.Method) async throws {
    let wire = try Wire { _ in .answer(ScriptedServer.http("200 OK")) }
    defer { wire.stop() }
    _ = await wire.transport.perform(Wire.write(method), deadline: Self.generous)
    #expect(wire.server.received.first?.text.hasPrefix("\(method.rawValue) /api/v3/order HTTP/1.1\r\n") == true)
    #expect(wire.server.received.first?.text.hasSuffix("signature=\(Wire.canarySignature)") == true)
  }

  @Test func `a POST and a DELETE without a body work on the same handle as others`() async throws {
    let wire = try Wire { _ in .answer(ScriptedServer.http("200 OK")) }
    defer { wire.stop() }
    var post = Wire.write()
    post.body = []
    var delete = Wire.write(.delete)
    delete.body = []
    for request in [Wire.write(), post, delete, Wire.read()] {
      #expect(await wire.transport.perform(request, deadline: Self.generous).response?.status == 200)
    }
    #expect(wire.server.received.map(\.method) == ["POST", "POST", "DELETE", "GET"])
    #expect(wire.server.received.dropFirst(2).first?.text.hasSuffix("\r\n\r\n") == true)
  }

  @Test(arguments: [ScriptedServer.Reply.reset, .close])
  func `a write whose kept connection dies at write time is lost and never sent again`(
    death: ScriptedServer.Reply
  ) async throws {
    let wire = try Wire { $0.number == 2 ? death : .answer(ScriptedServer.http("200 OK")) }
    defer { wire.stop() }
    _ = await wire.transport.perform(Wire.read(), deadline: Self.generous)
    // One of the deaths is silence, and ends with the deadline.
    let write = await wire.transport.perform(Wire.write(), deadline: .seconds(20))
    #expect(write.lostReason?.contains("POST /api/v3/order") == true)
    #expect(!write.leaks)
    // The next request arrives third: nothing was repeated in between.
    let next = await wire.transport.perform(Wire.read(), deadline: Self.generous)
    #expect(next.response?.status == 200)
    #expect(wire.server.received.map(\.method) == ["GET", "POST", "GET"])
  }

  // Whether libcurl can tell that nothing was answered depends on when the reset arrives; either is safe for a read.
  @Test func `a read whose kept connection dies at write time is repeated once at the most`() async throws {
    let wire = try Wire { $0.number == 2 ? .reset : .answer(ScriptedServer.http("200 OK")) }
    defer { wire.stop() }
    _ = await wire.transport.perform(Wire.read(), deadline: Self.generous)
    let read = await wire.transport.perform(Wire.read(), deadline: Self.generous)
    let isRepeated = read.response?.status == 200
    #expect(isRepeated || read.lostReason != nil)
    #expect(wire.server.received.map(\.connection) == (isRepeated ? [1, 1, 2] : [1, 1]))
  }

  @Test func `a write on a fresh connection that dies is lost`() async throws {
    let wire = try Wire { _ in .reset }
    defer { wire.stop() }
    let write = await wire.transport.perform(Wire.write(), deadline: Self.generous)
    #expect(write.lostReason != nil)
    #expect(wire.server.received.count == 1)
  }

  @Test func `a write after the server closed the idle connection goes out once, on a fresh one`() async throws {
    let wire = try Wire { _ in .answerThenClose(ScriptedServer.http("200 OK")) }
    defer { wire.stop() }
    _ = await wire.transport.perform(Wire.read(), deadline: Self.generous)
    await wire.server.closed(1)
    let write = await wire.transport.perform(Wire.write(), deadline: Self.generous)
    #expect(write.response?.status == 200)
    #expect(wire.server.received.map(\.connection) == [1, 2])
  }

  @Test func `no answer before the deadline is lost, no connection is not sent`() async throws {
    let wire = try Wire { _ in .silence }
    defer { wire.stop() }
    let late = await wire.transport.perform(Wire.write(), deadline: .milliseconds(150))
    #expect(late.lostReason == "POST /api/v3/order: no answer in time")

    let closed = try ScriptedServer { _ in .close }
    let origin = try HTTPOrigin("http://127.0.0.1:\(closed.port)")
    closed.stop()
    let transport = try HTTPTransport(origin: origin)
    defer { transport.stop() }
    let refused = await transport.perform(Wire.write(), deadline: Self.generous)
    #expect(refused.notSentReason?.hasPrefix("POST /api/v3/order: ") == true)
    #expect(!refused.leaks && !late.leaks)
  }

  @Test func `a read that gets no byte for 1 s is lost long before its deadline`() async throws {
    let wire = try Wire(HTTPTransportConfiguration(silenceMax: .seconds(1))) { _ in .silence }
    defer { wire.stop() }
    let started = ContinuousClock.now
    let silent = await wire.transport.perform(Wire.read(), deadline: .seconds(600))
    #expect(silent.lostReason == "GET /api/v3/account: no answer in time")
    #expect(ContinuousClock.now - started < .seconds(300))
  }

  @Test(arguments: [500, 503, 504, 302, 403, 409, 400])
  func `any status is an answer; a redirect is not followed`(status: Int) async throws {
    let wire = try Wire { _ in
      .answer(
        ScriptedServer.http("\(status) X", "<html>", headers: ["Location: http://127.0.0.1:1/", "Connection: close"]))
    }
    defer { wire.stop() }
    let result = await wire.transport.perform(Wire.write(), deadline: Self.generous)
    #expect(result == .response(HTTPResponse(status: status, body: Array("<html>".utf8))))
    #expect(wire.server.received.count == 1)
  }

  @Test(
    arguments: [
      ("Retry-After: 17", Duration.seconds(17)), ("retry-after:0", .zero), ("RETRY-AFTER:  3  ", .seconds(3)),
      ("Retry-After: 99999999999", .seconds(3 * 86_400)), ("Retry-After: soon", nil), ("Retry-After: -4", nil),
      ("Retry-After: Thu, 01 Jan 1970 00:00:10 GMT", .zero), ("X-Other: 1", nil),
    ] as [(String, Duration?)])
  func `Retry-After is read as seconds or as a date, within the longest ban`(
    header: String, expected: Duration?
  ) async throws {
    let wire = try Wire { _ in
      .answer(ScriptedServer.http("429 Too Many Requests", headers: [header, "x-mbx-used-weight-1m: 5999"]))
    }
    defer { wire.stop() }
    let response = await wire.transport.perform(Wire.read(), deadline: Self.generous).response
    #expect(response?.retryAfter == expected)
    #expect(response?.usedWeight == 5999)
  }

  @Test func `headers of an interim answer do not count`() async throws {
    let wire = try Wire { _ in
      .answer("HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n" + ScriptedServer.http("200 OK"))
    }
    defer { wire.stop() }
    let response = await wire.transport.perform(Wire.read(), deadline: Self.generous).response
    #expect(response?.status == 200)
    #expect(response?.retryAfter == nil)
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + String(repeating: "x", count: 5000),
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" + String(repeating: "x", count: 5000)
      + "\r\n0\r\n\r\n",
  ])
  func `an answer above the size limit is cut off, whether or not it says its length`(answer: String) async throws {
    let wire = try Wire(HTTPTransportConfiguration(responseBytesMax: 4096)) { _ in .answer(answer) }
    defer { wire.stop() }
    let result = await wire.transport.perform(Wire.write(), deadline: Self.generous)
    #expect(result.lostReason == "POST /api/v3/order: the answer is larger than 4096 bytes")
  }

  @Test func `half an answer is lost`() async throws {
    let wire = try Wire { _ in .answerThenClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"orderId\":") }
    defer { wire.stop() }
    #expect(await wire.transport.perform(Wire.write(), deadline: Self.generous).lostReason != nil)
    #expect(wire.server.received.count == 1)
  }

  @Test func `a line break in a header or a space in the target never reaches the wire`() async throws {
    let wire = try Wire { _ in .answer(ScriptedServer.http("200 OK")) }
    defer { wire.stop() }
    var injected = Wire.write()
    injected.headers.append(HTTPRequest.Header("X-A", "1\r\nX-Evil: 1"))
    var spaced = Wire.read()
    spaced.target = "/api v3"
    var relative = Wire.read()
    relative.target = "@evil.example/"
    for request in [injected, spaced, relative] {
      #expect(await wire.transport.perform(request, deadline: Self.generous).notSentReason != nil)
    }
    #expect(wire.server.received.isEmpty)
  }

  @Test func `six silent reads do not delay a protective write`() async throws {
    let wire = try Wire(Wire.unending) { $0.method == "GET" ? .silence : .answer(ScriptedServer.http("200 OK")) }
    await withTaskGroup(of: HTTPResult.self) { group in
      for _ in 0..<10 { group.addTask { await wire.transport.perform(Wire.read(), deadline: Self.generous) } }
      while wire.server.received.count < 6 { await Task.yield() }
      let write = await wire.transport.perform(Wire.write(), deadline: Self.generous)
      #expect(write.response?.status == 200)
      #expect(wire.server.received.count == 7, "four reads wait for room")
      wire.stop()
      let reads = await group.reduce(into: [HTTPResult]()) { $0.append($1) }
      #expect(reads.count { $0.lostReason != nil } == 6)
      #expect(reads.count { $0.notSentReason != nil } == 4)
    }
  }

  @Test func `a request whose turn does not come before its deadline is not sent`() async throws {
    let wire = try Wire(Wire.unending) { _ in .silence }
    await withTaskGroup(of: HTTPResult.self) { group in
      for _ in 0..<6 { group.addTask { await wire.transport.perform(Wire.read(), deadline: Self.generous) } }
      while wire.server.received.count < 6 { await Task.yield() }
      let late = await wire.transport.perform(Wire.read(), deadline: .milliseconds(50))
      #expect(late.notSentReason == "GET /api/v3/account: its deadline passed before it could be sent")
      wire.stop()
    }
    #expect(wire.server.received.count == 6)
  }

  @Test func `stopping ends what is under way as lost and refuses the rest`() async throws {
    let wire = try Wire { _ in .silence }
    async let pending = wire.transport.perform(Wire.write(), deadline: Self.generous)
    while wire.server.received.isEmpty { await Task.yield() }
    wire.stop()
    #expect(await pending.lostReason == "POST /api/v3/order: the REST client was stopped")
    #expect(await wire.transport.perform(Wire.write(), deadline: Self.generous).notSentReason != nil)
  }

  @Test func `a proxy in the environment is ignored`() async {
    await #expect(processExitsWith: .success) {
      for name in ["http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"] { setenv(name, "http://127.0.0.1:1", 1) }
      let wire = try Wire { _ in .answer(ScriptedServer.http("200 OK")) }
      let result = await wire.transport.perform(Wire.read(), deadline: .seconds(10))
      wire.stop()
      #expect(result.response?.status == 200)
    }
  }
}
