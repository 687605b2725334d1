import EventLoop
import StreamClient
import Testing
import WebSocket

@Suite struct EchoClientTests {
  @Test func `the suite is asked for its count, every case is echoed, and the report is ordered`() async throws {
    let requests = Locked<[String]>([])
    let echoes = Locked<[[UInt8]]>([])
    let server = try LoopbackServer { peer, _ in
      guard let target = peer.upgradedTarget() else { return }
      requests.withLock { $0.append(target) }
      switch target {
      case "/getCaseCount": peer.send(text: "2")
      case "/runCase?case=1&agent=a%20b":
        peer.write(Peer.frame(2, [1, 2, 3]))
        if let frame = peer.readFrame() { echoes.withLock { $0.append([frame.opcode] + frame.payload) } }
      case "/runCase?case=2&agent=a%20b":
        peer.write([0xF1, 0x00])  // reserved bits: the client must fail the connection
        if let frame = peer.readFrame() { echoes.withLock { $0.append([frame.opcode] + frame.payload) } }
        return
      default: break
      }
      peer.write(Peer.frame(8, [0x03, 0xE8]))
      _ = peer.readFrame()
    }
    let harness = try WireHarness()
    defer {
      harness.stop()
      server.stop()
    }
    let client = EchoClient(
      loop: harness.loop, resolver: harness.resolver, base: try WebSocketURL("ws://127.0.0.1:\(server.port)"),
      agent: "a b", tls: nil)
    // Nobody moves the clock, so the server must be the one that ends each connection.
    let steps = Locked<[Int]>([])
    let count = try await client.run { number, _ in steps.withLock { $0.append(number) } }
    #expect(count == 2)
    #expect(steps.withLock { $0 } == [1, 2])
    #expect(
      requests.withLock { $0 } == [
        "/getCaseCount", "/runCase?case=1&agent=a%20b", "/runCase?case=2&agent=a%20b", "/updateReports?agent=a%20b",
      ])
    #expect(echoes.withLock { $0 } == [[2, 1, 2, 3], [8, 0x03, 0xEA]])
  }

  @Test func `a suite that is not there is a connect error`() async throws {
    let server = try LoopbackServer { _, _ in }
    server.stop()
    let harness = try WireHarness()
    defer { harness.stop() }
    let client = EchoClient(
      loop: harness.loop, resolver: harness.resolver, base: try WebSocketURL("ws://127.0.0.1:\(server.port)"),
      agent: "x", tls: nil)
    let error = await #expect(throws: StreamError.self) { try await client.caseCount() }
    #expect(error?.category == .connect)
  }
}
