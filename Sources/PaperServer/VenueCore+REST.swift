import PaperVenue
import Trading

// REST: which path is what, who may, and the headers of the answer.

extension VenueCore {
  func handle(_ call: HTTPCall, then: @escaping (HTTPOutcome) -> Void) {
    if call.path.hasPrefix("/admin/") {
      then(.answer(call.isLoopback ? admin(call) : Self.notFound))
      return
    }
    if let refusal = world.faults.standingRefusal(at: now) {
      then(.answer(answer(refusal)))
      return
    }
    if let stub = Self.stubs.first(where: { $0.path == call.path }) {
      then(.answer(.json(Array(stub.body.utf8))))
      return
    }
    guard call.path.hasPrefix("/api/v3/") else {
      then(.answer(Self.notFound))
      return
    }
    let path = String(call.path.dropFirst("/api/v3/".count))
    do throws(PaperError) {
      try handleSpot(path, call, then: then)
    } catch {
      then(.answer(answer(error)))
    }
  }

  private func handleSpot(
    _ path: String, _ call: HTTPCall, then: @escaping (HTTPOutcome) -> Void
  ) throws(PaperError) {
    let parameters = Parameters(query: call.query, body: call.body)
    if call.method == "GET", let body = try publicBody(path, parameters) {
      then(.answer(decorated(.json(body), account: nil)))
      return
    }
    // The listenKey of old: gone since 2026-02-20.
    if path == "userDataStream" {
      throw PaperError(status: 410, code: -1016, message: "This service is no longer available.")
    }
    let reader = RequestReader(parameters: parameters)
    let isRateLimit = path == "rateLimit/order" && call.method == "GET"
    guard isRateLimit || Self.privatePaths.contains(path) else {
      then(.answer(Self.notFound))
      return
    }
    let entry = try keys.entry(for: call.apiKey)
    try keys.check(
      entry, payload: KeyRing.payload(query: call.query, body: call.body), parameters: parameters, at: serverTime)
    if isRateLimit {
      then(.answer(decorated(.json(orderRateLimits(of: entry.account)), account: entry.account)))
      return
    }
    guard let request = try reader.request(call.method, path) else {
      then(.answer(Self.notFound))
      return
    }
    let type = reader.responseType(for: request)
    submit(request, for: entry.account) { routed in
      switch routed {
      case .reply(let result): then(.answer(self.answer(result, type, for: request, account: entry.account)))
      case .lost(let closes): then(closes ? .close : .silence)
      }
    }
  }

  private func answer(
    _ result: Result<PaperReply, PaperError>, _ type: ResponseType, for request: PaperRequest, account: AccountID
  ) -> HTTPAnswer {
    switch result {
    case .failure(let error): return answer(error)
    case .success(let reply):
      var answer = HTTPAnswer.json(JSONWriter.body(reply, type))
      if case .cancelReplaced(let report) = reply { answer.status = report.status }
      return decorated(answer, account: request.orderCount > 0 ? account : nil)
    }
  }

  func answer(_ error: PaperError) -> HTTPAnswer {
    var answer = decorated(.json(JSONWriter.error(error), status: error.status), account: nil)
    if let seconds = error.retryAfterSeconds { answer.headers.append(("Retry-After", String(seconds))) }
    return answer
  }

  private func decorated(_ answer: HTTPAnswer, account: AccountID?) -> HTTPAnswer {
    guard world.meter != nil else { return answer }
    var answer = answer
    let used = String(world.meter?.usedWeight(at: now) ?? 0)
    answer.headers.append(("X-MBX-USED-WEIGHT", used))
    answer.headers.append(("X-MBX-USED-WEIGHT-1M", used))
    if let account, let counts = world.meter?.orderCounts(of: account, at: now) {
      answer.headers.append(("X-MBX-ORDER-COUNT-10S", String(counts.tenSeconds)))
      answer.headers.append(("X-MBX-ORDER-COUNT-1D", String(counts.day)))
    }
    return answer
  }

  /// What has been used of each limit.
  func rateCounts(of account: AccountID?) -> (weight: Int, tenSeconds: Int, day: Int)? {
    guard let weight = world.meter?.usedWeight(at: now) else { return nil }
    let orders = account.flatMap { world.meter?.orderCounts(of: $0, at: now) } ?? (tenSeconds: 0, day: 0)
    return (weight, orders.tenSeconds, orders.day)
  }

  func orderRateLimits(of account: AccountID) -> [UInt8] {
    let counts = rateCounts(of: account) ?? (0, 0, 0)
    let rows: [(String, Int64, Int, Int)] = [
      ("SECOND", 10, RequestMeter.ordersPerTenSeconds, counts.tenSeconds),
      ("DAY", 1, RequestMeter.ordersPerDay, counts.day),
    ]
    return JSONWriter.array(rows) { json, row in
      json.object { json in
        json.field("rateLimitType", "ORDERS")
        json.field("interval", row.0)
        json.field("intervalNum", row.1)
        json.field("limit", row.2)
        json.field("count", row.3)
      }
    }
  }

  static let notFound = HTTPAnswer(
    status: 404, contentType: "text/html", body: Array("<html><body><h2>404 Not found</h2></body></html>".utf8))

  private static let privatePaths: [String] = [
    "order", "order/test", "order/cancelReplace", "order/amend/keepPriority", "order/amendments", "order/oco",
    "openOrders", "allOrders", "myTrades", "account", "orderList", "orderList/oco", "orderList/oto", "orderList/otoco",
    "orderList/opo", "orderList/opoco", "openOrderList", "allOrderList",
  ]

  /// Paths that clients call at start-up and that must answer 200 (clients.md A.3).
  private static let stubs: [(path: String, body: String)] = [
    ("/sapi/v1/capital/config/getall", "[]"), ("/sapi/v1/margin/allPairs", "[]"),
    ("/sapi/v1/margin/isolated/allPairs", "[]"), ("/sapi/v1/asset/tradeFee", "[]"),
    ("/dapi/v1/exchangeInfo", #"{"timezone":"UTC","rateLimits":[],"exchangeFilters":[],"symbols":[]}"#),
    ("/fapi/v1/exchangeInfo", #"{"timezone":"UTC","rateLimits":[],"exchangeFilters":[],"assets":[],"symbols":[]}"#),
  ]
}
