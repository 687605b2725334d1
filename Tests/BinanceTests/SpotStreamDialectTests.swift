import Binance
import Testing
import Trading
import Venue

/// The conversation that opens, proves and ends a private stream.
struct SpotStreamDialectTests {
  private let now = Timestamp(milliseconds: 1_763_700_000_000)

  private func dialect(_ kind: RequestCredential.KeyKind) -> SpotStreamDialect {
    SpotStreamDialect(credential: RequestCredential(apiKey: "k", kind: kind) { _ in "sig" })
  }

  private func opened(_ kind: RequestCredential.KeyKind = .hmac) -> SpotStreamDialect {
    var dialect = dialect(kind)
    _ = dialect.opening(at: now)
    if kind == .ed25519 { _ = dialect.receive(bytes(#"{"id":"logon","status":200,"result":{}}"#)) }
    _ = dialect.receive(bytes(#"{"id":"subscribe","status":200,"result":{"subscriptionId":4}}"#))
    return dialect
  }

  private func isRefused(_ verdict: StreamVerdict, fatal: Bool) -> Bool {
    guard case .refused(_, let isFatal) = verdict else { return false }
    return isFatal == fatal
  }

  private func isLost(_ verdict: StreamVerdict) -> Bool {
    guard case .subscriptionLost = verdict else { return false }
    return true
  }

  @Test(arguments: [RequestCredential.KeyKind.hmac, .rsa])
  func `a key that cannot log on subscribes by signature`(_ kind: RequestCredential.KeyKind) {
    var dialect = dialect(kind)
    let frames = dialect.opening(at: now)
    #expect(frames.map(\.label) == ["userDataStream.subscribe.signature"])
    #expect(String(decoding: frames[0].text, as: UTF8.self).contains("\"signature\":\"sig\""))
    #expect(dialect.receive(bytes(#"{"id":"subscribe","status":200,"result":{"subscriptionId":0}}"#)) == .ready)
    #expect(!dialect.isLoggedOn)
  }

  @Test func `an Ed25519 key logs on too, and is ready only when both are answered, in either order`() {
    let logon = bytes(#"{"id":"logon","status":200,"result":{"apiKey":"k"}}"#)
    let subscribed = bytes(#"{"id":"subscribe","status":200,"result":{"subscriptionId":0}}"#)
    for replies in [[logon, subscribed], [subscribed, logon]] {
      var dialect = dialect(.ed25519)
      #expect(dialect.opening(at: now).map(\.label) == ["session.logon", "userDataStream.subscribe.signature"])
      #expect(dialect.receive(replies[0]) == .progress)
      #expect(dialect.receive(replies[1]) == .ready)
      #expect(dialect.isLoggedOn)
    }
  }

  @Test func `events and replies to commands are passed on`() throws {
    var dialect = opened()
    #expect(try dialect.receive(Fixture("Spot/Events/order-new").bytes) == .event)
    #expect(dialect.receive(bytes(#"{"id":12,"status":400,"error":{"code":-2010,"msg":"x"}}"#)) == .reply)
    #expect(dialect.receive(bytes("junk")) == .unknown)
  }

  @Test func `a probe proves the subscription or tells that it is gone (ST03)`() {
    var dialect = opened()
    let probe = String(decoding: dialect.probe(at: now).text, as: UTF8.self)
    #expect(probe == #"{"id":"probe-1","method":"session.subscriptions","params":{}}"#)
    #expect(dialect.receive(bytes(#"{"id":"probe-1","status":200,"result":[{"subscriptionId":4}]}"#)) == .proven)
    #expect(isLost(dialect.receive(bytes(#"{"id":"probe-2","status":200,"result":[{"subscriptionId":5}]}"#))))
    #expect(isLost(dialect.receive(bytes(#"{"id":"probe-3","status":200,"result":[]}"#))))
    #expect(dialect.receive(bytes(#"{"id":"probe-4","status":429,"error":{"code":-1003,"msg":"x"}}"#)) == .progress)
  }

  @Test func `a subscription that stands already is what we wanted (-2035)`() {
    var dialect = dialect(.hmac)
    _ = dialect.opening(at: now)
    #expect(dialect.receive(bytes(#"{"id":"subscribe","status":400,"error":{"code":-2035,"msg":"x"}}"#)) == .ready)
    #expect(dialect.receive(bytes(#"{"id":"probe-1","status":200,"result":[{"subscriptionId":9}]}"#)) == .proven)
    #expect(isLost(dialect.receive(bytes(#"{"id":"probe-2","status":200,"result":[{"subscriptionId":8}]}"#))))
  }

  @Test func `the end of our stream is a loss, of another's is not (ST14)`() {
    var dialect = opened()
    let ended = { (id: Int) in bytes("{\"subscriptionId\":\(id),\"event\":{\"e\":\"eventStreamTerminated\",\"E\":1}}") }
    #expect(dialect.receive(ended(7)) == .progress)
    #expect(isLost(dialect.receive(ended(4))))
  }

  @Test func `a server that stops says so (ST12)`() throws {
    var dialect = opened()
    #expect(try dialect.receive(Fixture("Spot/Frames/server-shutdown").bytes) == .shuttingDown)
  }

  @Test func `a key revoked in mid-session is refused for good`() throws {
    var dialect = opened(.ed25519)
    #expect(isRefused(try dialect.receive(Fixture("Spot/Frames/session-revoked").bytes), fatal: true))
    #expect(!dialect.isLoggedOn)
  }

  @Test(arguments: [
    (401, -2015, true), (400, -2014, true), (400, -1022, true), (400, -1102, true), (403, 0, true), (400, -1021, false),
    (429, -1003, false), (418, -1003, false), (503, -1000, false), (400, -1008, false),
  ])
  func `only refusals that time does not heal are fatal`(_ status: Int, _ code: Int, _ fatal: Bool) {
    var dialect = dialect(.hmac)
    _ = dialect.opening(at: now)
    let reply = bytes("{\"id\":\"subscribe\",\"status\":\(status),\"error\":{\"code\":\(code),\"msg\":\"m\"}}")
    #expect(isRefused(dialect.receive(reply), fatal: fatal))
  }

  @Test func `a key that cannot sign still asks, and the venue says no`() {
    struct NoKey: Error {}
    var dialect = SpotStreamDialect(credential: RequestCredential(apiKey: "k", kind: .rsa) { _ in throw NoKey() })
    let frames = dialect.opening(at: now)
    #expect(frames.count == 1)
    #expect(String(decoding: frames[0].text, as: UTF8.self).contains("\"signature\":\"\""))
  }

  @Test func `a new opening forgets the last connection`() {
    var dialect = opened(.ed25519)
    _ = dialect.opening(at: now)
    #expect(!dialect.isLoggedOn)
    #expect(dialect.receive(bytes(#"{"id":"subscribe","status":200,"result":{"subscriptionId":0}}"#)) == .progress)
  }
}
