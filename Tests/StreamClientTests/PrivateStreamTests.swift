import EventLoop
import StreamClient
import Testing
import Trading
import Venue
import WebSocket

/// What a stream under test told, in order.
private enum Told: Sendable, Equatable {
  case report(StreamReport)
  case message(String)

  var isOpened: Bool { if case .report(.opened) = self { true } else { false } }
  var isLost: Bool { if case .report(.lost) = self { true } else { false } }
  var isRetrying: Bool { if case .report(.retrying) = self { true } else { false } }
}

/// A private stream against a scripted server, its reports and messages as one sequence.
private final class StreamUnderTest: Sendable {
  let harness: WireHarness
  let server: LoopbackServer
  let stream: PrivateStream
  let told: AsyncStream<Told>
  private let holder = Locked<PrivateStream?>(nil)

  init(
    timings: StreamTimings = StreamTimings(), answer: @escaping @Sendable (String) -> String? = { _ in nil },
    script: @escaping LoopbackServer.Script
  ) throws {
    harness = try WireHarness()
    server = try LoopbackServer(script: script)
    let (told, continuation) = AsyncStream<Told>.makeStream()
    self.told = told
    let configuration = StreamConfiguration(
      request: try OpeningRequest(url: WebSocketURL("ws://127.0.0.1:\(server.port)/")), tls: nil, timings: timings,
      transportTimings: TransportTimings(idle: nil))
    let holder = holder
    stream = PrivateStream(
      loop: harness.loop, resolver: harness.resolver, configuration: configuration,
      budget: Locked(ConnectionBudget()), entropy: .seeded(1), makeDialect: { LineDialect() },
      venueTime: { Timestamp(microseconds: 0) },
      onMessage: { message in
        let text = String(decoding: message.text, as: UTF8.self)
        if let reply = answer(text), let stream = holder.withLock({ $0 }) {
          #expect(stream.send(Array(reply.utf8)) == message.link)
        }
        continuation.yield(.message(text))
      },
      onReport: { continuation.yield(.report($0)) })
    holder.withLock { [stream] in $0 = stream }
    stream.start()
  }

  func stop() {
    stream.stop()
    holder.withLock { $0 = nil }
    server.stop()
    harness.stop()
  }

  /// Everything told up to the first that matches.
  func until(_ isLast: (Told) -> Bool) async -> [Told] {
    var seen: [Told] = []
    for await next in told {
      seen.append(next)
      if isLast(next) { break }
    }
    return seen
  }
}

@Suite struct PrivateStreamTests {
  @Test func `an event is answered on the same connection from inside its handler`() async throws {
    let test = try StreamUnderTest(answer: { $0 == "fill" ? "protect" : nil }) { peer, _ in
      guard peer.upgrade() else { return }
      peer.serve { text in
        // The answer to the event below; the reply ends the test.
        if text == "protect" { peer.send(text: "reply") }
        if text == "go" { peer.send(text: "fill") }
      }
    }
    defer { test.stop() }
    let opening = await test.until(\.isOpened)
    #expect(opening == [.report(.opened(epoch: 1, isContinuous: false))])
    let sent = await test.harness.onLoop { [stream = test.stream] in stream.send(Array("go".utf8)) }
    #expect(sent == LinkID(number: 1))
    let told = await test.until { $0 == .message("reply") }
    #expect(told == [.message("fill"), .message("reply")])
  }

  @Test func `after a reset in mid-frame the gap is reported and a new epoch opens`() async throws {
    let test = try StreamUnderTest { peer, number in
      guard peer.upgrade() else { return }
      if number == 1 {
        _ = peer.readText()
        peer.send(text: "subscribed")
        peer.write(Array(Peer.frame(1, Array("half an event".utf8)).prefix(7)))
        peer.end(reset: true)
      } else {
        peer.serve()
      }
    }
    defer { test.stop() }
    let first = await test.until(\.isRetrying)
    #expect(first.first == .report(.opened(epoch: 1, isContinuous: false)))
    #expect(first.dropFirst().first.map(\.isLost) == true)
    #expect(!first.contains(.message("half an event")))
    test.harness.clock.advance(byNanoseconds: 500_000_000)
    #expect(await test.until(\.isOpened) == [.report(.opened(epoch: 2, isContinuous: false))])
  }

  @Test func `rotation opens a second connection, both deliver, and the epoch continues without a gap`() async throws {
    let first = Locked<Peer?>(nil)
    let test = try StreamUnderTest { peer, number in
      guard peer.upgrade() else { return }
      if number == 1 { first.withLock { $0 = peer } }
      peer.serve { text in
        guard text == "both" else { return }
        // The second connection asks the first to speak as well: it is still open.
        first.withLock { $0 }?.send(text: "from the first")
        peer.send(text: "from the second")
      }
    }
    defer { test.stop() }
    _ = await test.until(\.isOpened)
    test.harness.clock.advance(bySeconds: 23 * 3600)
    let rotation = await test.until(\.isOpened)
    #expect(
      rotation == [.report(.rotating(epoch: 1, .age)), .report(.opened(epoch: 2, isContinuous: true))])
    let sent = await test.harness.onLoop { [stream = test.stream] in stream.send(Array("both".utf8)) }
    #expect(sent == LinkID(number: 2))
    var messages: Set<String> = []
    for await told in test.told {
      if case .message(let text) = told { messages.insert(text) }
      if messages.count == 2 { break }
    }
    #expect(messages == ["from the first", "from the second"])
  }

  @Test func `a venue that goes silent without closing is suspect after 7 s and replaced at once`() async throws {
    let test = try StreamUnderTest { peer, number in
      guard peer.upgrade() else { return }
      if number == 1 {
        _ = peer.readText()
        peer.send(text: "subscribed")
        while peer.read() {}  // swallows pings and probes
      } else {
        peer.serve()
      }
    }
    defer { test.stop() }
    _ = await test.until(\.isOpened)
    // Each step is a tick of the state machine; the server never answers.
    for seconds in [4 as Int64, 3] {
      test.harness.clock.advance(bySeconds: seconds)
      await test.harness.onLoop {}
      await test.harness.onLoop {}
    }
    let told = await test.until(\.isOpened)
    #expect(told.contains(.report(.suspect(epoch: 1, reason: .pongOverdue))))
    #expect(told.contains(.report(.suspect(epoch: 1, reason: .probeOverdue))))
    #expect(told.last == .report(.opened(epoch: 2, isContinuous: false)))
  }

  @Test func `a terminated subscription is made anew on the same socket`() async throws {
    let test = try StreamUnderTest { peer, _ in
      guard peer.upgrade() else { return }
      peer.serve { text in if text == "end it" { peer.send(text: "terminated") } }
    }
    defer { test.stop() }
    _ = await test.until(\.isOpened)
    _ = await test.harness.onLoop { [stream = test.stream] in stream.send(Array("end it".utf8)) }
    #expect(
      await test.until(\.isOpened) == [
        .report(.lost(epoch: 1, .subscriptionLost("terminated"))), .report(.opened(epoch: 2, isContinuous: false)),
      ])
  }

  @Test func `while no subscription stands nothing is sent`() async throws {
    let test = try StreamUnderTest { peer, _ in
      guard peer.upgrade() else { return }
      _ = peer.readText()
      peer.send(text: "denied")
      while peer.read() {}
    }
    defer { test.stop() }
    let told = await test.until(\.isRetrying)
    guard case .report(.retrying(.refusedByVenue("denied", isFatal: true), let wait, _))? = told.last else {
      Issue.record("\(told)")
      return
    }
    #expect(wait >= .seconds(60))
    let sent = await test.harness.onLoop { [stream = test.stream] in stream.send(Array("order".utf8)) }
    #expect(sent == nil)
  }

  @Test func `stop closes in order and reports it`() async throws {
    let (closed, continuation) = AsyncStream<UInt8>.makeStream()
    let test = try StreamUnderTest { peer, _ in
      guard peer.upgrade(), peer.readText() != nil else { return }
      peer.send(text: "subscribed")
      while let frame = peer.readFrame() {
        if frame.opcode == 8 { continuation.yield(frame.opcode) }
      }
      continuation.finish()
    }
    defer { test.stop() }
    _ = await test.until(\.isOpened)
    test.stream.stop()
    #expect(await test.until(\.isLost) == [.report(.lost(epoch: 1, .stopped))])
    var opcodes: [UInt8] = []
    for await opcode in closed {
      opcodes.append(opcode)
      break
    }
    #expect(opcodes == [8])
  }
}
