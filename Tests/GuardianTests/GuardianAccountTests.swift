import EventLoop
@testable import Guardian
import Reconciler
import StreamClient
import Testing
import Trading
import Venue

@Suite struct GuardianAccountTests {
  @Test func `a fill on the stream leaves as two OCO frames in the same turn`() async throws {
    let world = try FakeWorld()
    await world.becomeReady()
    await world.deliver(FakeWorld.filledEntry)
    await world.deliver(FakeWorld.walletAfterEntry)
    try await world.replyToFrames()
    let lists = world.frames.filter { $0.contains(#""method":"orderList.place.oco""#) }
    #expect(lists.count == 2)
    #expect(lists.allSatisfy { $0.contains(#""symbol":"BTCUSDT""#) && $0.contains(#""side":"SELL""#) })
    #expect(!world.labels.contains { $0.hasPrefix("POST") }, "nothing went by the second way")
  }

  @Test func `a frame that is not taken goes by REST without a doubt`() async throws {
    let world = try FakeWorld()
    await world.becomeReady()
    world.state.withLock { $0.acceptsFrames = false }
    await world.deliver(FakeWorld.filledEntry)
    #expect(world.frames.isEmpty)
    #expect(world.labels.contains("POST /api/v3/orderList/oco"))
  }

  @Test func `a suspect stream hands new commands to REST`() async throws {
    let world = try FakeWorld()
    await world.becomeReady()
    await world.account.receive(StreamReport.suspect(epoch: 1, reason: .pongOverdue))
    await world.answerAll()
    await world.deliver(FakeWorld.filledEntry)
    #expect(world.frames.isEmpty)
    #expect(world.labels.contains("POST /api/v3/orderList/oco"))
  }

  @Test func `a command whose connection ends before its reply is asked about and not sent again`() async throws {
    let world = try FakeWorld()
    await world.becomeReady()
    await world.deliver(FakeWorld.filledEntry)
    let sentBefore = world.frames.count
    #expect(sentBefore > 0)
    await world.account.receive(StreamReport.lost(epoch: 1, .stopped))
    world.clock.advance(bySeconds: 1)
    _ = await world.account.status
    #expect(world.labels.contains("GET /api/v3/order"))
    #expect(!world.labels.contains("POST /api/v3/orderList/oco"))
  }

  @Test func `what follows a command that was lost with its socket goes by REST, and the next does not`() async throws {
    let world = try FakeWorld()
    await world.becomeReady()
    let cancel = VenueCommand.cancelOrder(OrderCancel(symbol: "BTCUSDT", venueOrderID: 7))
    await world.account.send(cancel, id: 901, receiveWindow: .seconds(1))
    #expect(world.frames.count == 1)
    await world.account.receive(StreamReport.lost(epoch: 1, .stopped))
    await world.account.receive(StreamReport.opened(epoch: 2, isContinuous: false))
    await world.account.send(cancel, id: 902, receiveWindow: .seconds(1))
    #expect(world.labels.count { $0 == "DELETE /api/v3/order" } == 1)
    await world.account.send(cancel, id: 903, receiveWindow: .seconds(1))
    #expect(world.frames.count == 2)
    #expect(world.labels.count { $0 == "DELETE /api/v3/order" } == 1)
  }

  @Test func `a snapshot with one failed part is incomplete and proves nothing`() async throws {
    let world = try FakeWorld()
    await world.account.begin(restored: nil)
    await world.answer { label in
      label == "GET /api/v3/openOrders"
        ? .response(HTTPResponse(status: 503, body: [])) : FakeWorld.standardAnswer(label)
    }
    await world.account.receive(StreamReport.opened(epoch: 1, isContinuous: false))
    await world.deliver(FakeWorld.filledEntry)
    #expect(await !world.account.status.isKnown)
    #expect(world.frames.isEmpty)
    let sweeps = world.facts.compactMap { if case .sweep(let sweep) = $0 { sweep } else { nil } }
    #expect(sweeps.first?.isComplete == false)
    #expect(sweeps.first?.failures.contains { $0.contains("open orders") } == true)
  }

  @Test func `bytes are kept whether or not they can be read`() async throws {
    let world = try FakeWorld()
    await world.becomeReady()
    await world.deliver("{\"subscriptionId\":0,\"event\":{\"e\":\"executionReport\",\"s\":1}}")
    await world.deliver("not json", verdict: .unknown)
    let raw = world.facts.compactMap { if case .raw(let message) = $0 { message } else { nil } }
    #expect(raw.map(\.isDecoded) == [false, false])
  }

  @Test func `a start whose first answer hangs asks for the instruments every 2 s, and no more once it has them`()
    async throws
  {
    let world = try FakeWorld()
    let label = "GET /api/v3/exchangeInfo"
    func asked() -> Int { world.labels.count { $0 == label } }
    await world.account.begin(restored: nil)
    #expect(asked() == 1)
    for count in 2...3 {
      world.clock.advance(byNanoseconds: GuardianAccount.instrumentRetryNanoseconds)
      try await world.settle { asked() == count }
    }
    await world.answerAll()
    world.clock.advance(byNanoseconds: GuardianAccount.instrumentRetryNanoseconds)
    _ = await world.account.status
    world.clock.advance(byNanoseconds: GuardianAccount.instrumentRetryNanoseconds)
    _ = await world.account.status
    #expect(asked() == 3)
  }

  @Test func `a query that the stream does not answer is asked by REST as well`() async throws {
    let world = try FakeWorld()
    await world.becomeReady()
    await world.account.ask(OrderQuery(symbol: "BTCUSDT", reference: .client("x")), id: 7)
    #expect(world.frames.count == 1)
    #expect(!world.labels.contains("GET /api/v3/order"))
    world.clock.advance(byNanoseconds: GuardianAccount.queryHedgeNanoseconds)
    try await world.settle { world.labels.contains("GET /api/v3/order") }
  }
}
