import Binance
import Testing
import Trading

/// Events and replies come on one socket and are told apart in one pass.
struct SpotFrameTests {
  @Test(arguments: Fixture.all("Spot/Events")) func `an account event is an event`(_ fixture: Fixture) {
    #expect(SpotFrame(fixture.bytes) == .event(subscriptionID: 0))
  }

  @Test func `a reply tells id, status and where its result lies`() throws {
    let fixture = try Fixture("Spot/Frames/subscribe-reply")
    guard case .reply(let reply) = SpotFrame(fixture.bytes) else {
      Issue.record("no reply")
      return
    }
    #expect(reply.id == .text("a2"))
    #expect(reply.status == 200)
    #expect(reply.result.map { String(decoding: fixture.bytes[$0], as: UTF8.self) } == #"{"subscriptionId":0}"#)
  }

  @Test func `an error reply tells code, text and when requests are welcome again`() throws {
    guard case .reply(let reply) = try SpotFrame(Fixture("Spot/Frames/rate-limited-reply").bytes) else {
      Issue.record("no reply")
      return
    }
    #expect(reply.status == 429)
    #expect(reply.refusal?.code == -1003)
    #expect(reply.refusal?.retryAt?.milliseconds == 1_763_700_060_000)
    #expect(reply.usedWeight == 6002)
  }

  @Test func `numbers, texts and null are ids`() {
    func id(_ text: String) -> SpotReply.ID? {
      guard case .reply(let reply) = SpotFrame(bytes("{\"id\":\(text),\"status\":200,\"result\":{}}")) else {
        return nil
      }
      return reply.id
    }
    #expect(id("17") == .number(17))
    #expect(id("\"17\"") == .text("17"))
    #expect(id("null") == SpotReply.ID.none)
  }

  @Test func `connection events are told from account events`() throws {
    #expect(try SpotFrame(Fixture("Spot/Frames/event-stream-terminated").bytes) == .streamTerminated(subscriptionID: 0))
    #expect(try SpotFrame(Fixture("Spot/Frames/server-shutdown").bytes) == .serverShutdown)
  }

  @Test(arguments: [
    "", "{}", "[]", "null", "{\"a\":1}", "{\"event\":1}", "{\"event\":{}}", "{\"id\":1}", "hello",
    "{\"id\":1,\"status\":200",
  ])
  func `anything else is unknown`(_ text: String) {
    #expect(SpotFrame(bytes(text)) == .unknown)
  }
}
