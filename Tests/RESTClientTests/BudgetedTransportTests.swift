import EventLoop
import RESTClient
import Testing
import Trading
import Venue

@Suite struct BudgetedTransportTests {
  private static let generous = Duration.seconds(20)

  private func budgeted(
    _ wire: Wire, limit: Int = 1000, time: ManualClock, reports: Locked<[BudgetedTransport.Report]> = Locked([])
  ) -> BudgetedTransport {
    BudgetedTransport(
      transport: wire.transport, weightLimit: limit, clock: time.monotonic,
      venueMicroseconds: { time.wall.nowMicroseconds }, observe: { report in reports.withLock { $0.append(report) } })
  }

  @Test func `a 418 silences every purpose until its end, without a request reaching the venue`() async throws {
    let wire = try Wire { request in
      request.number == 1
        ? .answer(ScriptedServer.http("418 I'm a teapot", headers: ["Retry-After: 600"]))
        : .answer(ScriptedServer.http("200 OK"))
    }
    defer { wire.stop() }
    let time = ManualClock()
    let transport = budgeted(wire, time: time)
    #expect(await transport.perform(Wire.read(), deadline: Self.generous).response?.status == 418)
    for purpose in [HTTPRequest.Purpose.background, .reconcile, .protect] {
      let result = await transport.perform(Wire.read(purpose), deadline: Self.generous)
      guard case .notSent(_, let retryAfter) = result else {
        Issue.record("sent during a ban")
        continue
      }
      #expect(retryAfter == .seconds(600))
    }
    time.advance(bySeconds: 599)
    #expect(await transport.perform(Wire.write(), deadline: Self.generous).notSentReason != nil)
    #expect(wire.server.received.count == 1)
    time.advance(bySeconds: 1)
    #expect(await transport.perform(Wire.write(), deadline: Self.generous).response?.status == 200)
  }

  @Test func `the venue's header shuts reads out and lets protection through`() async throws {
    let wire = try Wire { _ in .answer(ScriptedServer.http("200 OK", headers: ["X-MBX-USED-WEIGHT-1M: 900"])) }
    defer { wire.stop() }
    let reports = Locked<[BudgetedTransport.Report]>([])
    let transport = budgeted(wire, time: ManualClock(), reports: reports)
    _ = await transport.perform(Wire.read(), deadline: Self.generous)
    let shed = await transport.perform(Wire.read(.background), deadline: Self.generous)
    #expect(shed.notSentReason == "GET /api/v3/account: the request budget of this minute is used up")
    #expect(await transport.perform(Wire.write(), deadline: Self.generous).response?.status == 200)
    let seen = reports.withLock { $0 }
    #expect(seen.map(\.result) == [.status(200), .shed, .status(200)])
    #expect(seen.map(\.result.statusLabel) == ["2xx", "not_sent", "2xx"])
    #expect(seen[0].weightUsed == 900 && seen[0].weightLimit == 1000)
  }

  @Test func `weight that the WebSocket API used counts too`() async throws {
    let wire = try Wire { _ in .answer(ScriptedServer.http("200 OK")) }
    defer { wire.stop() }
    let transport = budgeted(wire, time: ManualClock())
    transport.note(usedWeight: 760)
    #expect(await transport.perform(Wire.read(.reconcile), deadline: Self.generous).notSentReason != nil)
    transport.noteRefusal(isBan: false, retryAfter: .seconds(30))
    #expect(await transport.perform(Wire.write(), deadline: Self.generous).notSentReason != nil)
    #expect(wire.server.received.isEmpty)
  }
}
