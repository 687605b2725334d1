import Binance
import EventLoop
import Logging
@testable import Guardian
import Reconciler
@testable import StreamClient
import Telemetry
import Trading
import Venue

/// A world on paper around one account's shell: frames and requests are kept, and the test says what is answered.
final class FakeWorld: Sendable {
  struct State {
    var frames: [String] = []
    var acceptsFrames = true
    var requests: [HTTPRequest] = []
    var completions: [(label: String, completion: @Sendable (HTTPResult) -> Void)] = []
    var facts: [Fact] = []
    var doubts: [String] = []
  }

  let state = Locked(State())
  let clock = ManualClock()
  let loop: LoopThread
  let account: GuardianAccount
  let registry = MetricsRegistry()

  init() throws {
    loop = try LoopThread(name: "test", clock: clock.monotonic)
    try loop.start()
    let state = self.state
    let ports = AccountPorts(
      send: { frame in
        state.withLock { state in
          guard state.acceptsFrames else { return false }
          state.frames.append(String(decoding: frame.text, as: UTF8.self))
          return true
        }
      },
      doubt: { reason in state.withLock { $0.doubts.append(reason) } },
      perform: { request, completion in
        state.withLock { state in
          state.requests.append(request)
          state.completions.append((request.label, completion))
        }
      },
      noteLimits: { _ in }, setLimits: { _ in },
      record: { facts in state.withLock { $0.facts += facts } },
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let policy = ProtectionPolicy(
      account: "main", environment: .paper, tagKey: TagKey(high: 1, low: 2))
    account = GuardianAccount(
      account: "main", core: AccountCore(policy: policy), loop: loop,
      requests: SpotRequests(credential: RequestCredential(apiKey: "key", kind: .hmac) { _ in "00" }),
      clock: VenueClock(wall: clock.wall, monotonic: clock.monotonic), ports: ports, gauges: AccountGauges(registry))
  }

  deinit {
    loop.stop()
  }

  var frames: [String] { state.withLock { $0.frames } }
  var labels: [String] { state.withLock { $0.requests.map(\.label) } }
  var facts: [Fact] { state.withLock { $0.facts } }

  /// Answers every request that waits, oldest first, until none does.
  func answer(_ reply: (String) -> HTTPResult?) async {
    while true {
      let waiting = state.withLock { state in
        defer { state.completions = [] }
        return state.completions
      }
      guard !waiting.isEmpty else { return }
      for (label, completion) in waiting {
        if let result = reply(label) { completion(result) }
      }
      // Completions hop to the loop; a round trip through it lets what they caused happen.
      _ = await account.status
    }
  }

  func answerAll() async { await answer(Self.standardAnswer) }

  static func standardAnswer(_ label: String) -> HTTPResult? {
    switch label {
    case "GET /api/v3/account":
      ok(
        """
        {"canTrade":true,"balances":[{"asset":"BTC","free":"0","locked":"0"},\
        {"asset":"USDT","free":"10000","locked":"0"}]}
        """)
    case "GET /api/v3/exchangeInfo": ok(exchangeInfo)
    case "GET /api/v3/ticker/price": ok(#"{"symbol":"BTCUSDT","price":"60000.00"}"#)
    default: ok("[]")
    }
  }

  static func ok(_ body: String) -> HTTPResult { .response(HTTPResponse(status: 200, body: Array(body.utf8))) }

  /// Restored from nothing, instruments read, stream open, first snapshot taken.
  func becomeReady() async {
    await account.begin(restored: nil)
    await answerAll()
    await account.receive(StreamReport.opened(epoch: 1, isContinuous: false))
    await answerAll()
  }

  func deliver(_ text: String, verdict: StreamVerdict = .event) async {
    await account.receive(
      StreamMessage(
        text: Array(text.utf8), verdict: verdict, link: LinkID(number: 1),
        receivedAt: Instant(nanoseconds: clock.monotonic.nowNanoseconds)))
  }

  /// A MARKET entry of 0.01 BTC at 60,000 that filled at once, as the venue reports it.
  static let filledEntry = """
    {"subscriptionId":0,"event":{"e":"executionReport","E":1763700801000,"s":"BTCUSDT","c":"bot-1","S":"BUY",\
    "o":"MARKET",\
    "f":"GTC","q":"0.01000000","p":"0.00000000","P":"0.00000000","F":"0.00000000","g":-1,"C":"","x":"TRADE",\
    "X":"FILLED",\
    "r":"NONE","i":4293153,"l":"0.01000000","z":"0.01000000","L":"60000.00000000","n":"0.00001000","N":"BTC",\
    "T":1763700800999,"t":77517,"I":8641990,"w":false,"m":false,"M":true,"O":1763700800999,"Z":"600.00000000",\
    "Y":"600.00000000","Q":"0.00000000","W":1763700800999,"V":"EXPIRE_MAKER"}}
    """

  static let walletAfterEntry = """
    {"subscriptionId":0,"event":{"e":"outboundAccountPosition","E":1763700801001,"u":1763700800999,"B":[\
    {"a":"BTC","f":"0.00999000","l":"0.00000000"},{"a":"USDT","f":"9400.00000000","l":"0.00000000"}]}}
    """

  static let exchangeInfo = """
    {"serverTime":1763700800000,"rateLimits":[],"symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC",\
    "quoteAsset":"USDT","ocoAllowed":true,"amendAllowed":true,"orderTypes":["LIMIT","LIMIT_MAKER","MARKET","STOP_LOSS",\
    "STOP_LOSS_LIMIT","TAKE_PROFIT","TAKE_PROFIT_LIMIT"],"filters":[\
    {"filterType":"PRICE_FILTER","minPrice":"0.01","maxPrice":"1000000.00","tickSize":"0.01"},\
    {"filterType":"LOT_SIZE","minQty":"0.00001","maxQty":"9000","stepSize":"0.00001"},\
    {"filterType":"NOTIONAL","minNotional":"5","applyMinToMarket":true,"maxNotional":"9000000",\
    "applyMaxToMarket":false,\
    "avgPriceMins":5},{"filterType":"MAX_NUM_ALGO_ORDERS","maxNumAlgoOrders":5}]}]}
    """
}
