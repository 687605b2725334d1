import Binance
import EventLoop
import Logging
import RESTClient
import Reconciler
import Trading
import Venue

// Questions to the venue. All by REST, except that a query about one order takes the open stream first.
extension GuardianAccount {
  typealias Decode<Value> = @Sendable (SpotReplyDecoder, ArraySlice<UInt8>) throws(MalformedMessage) -> Value

  /// Performs a read; decoding, which may take long for large answers, happens on the thread that the answer came on.
  func read<Value: Sendable>(
    _ call: SpotCall, _ decode: @escaping Decode<Value>,
    then: @escaping @Sendable (isolated GuardianAccount, Result<Value, SpotReadFailure>) -> Void
  ) {
    let request: HTTPRequest
    do { request = try venueRequests.request(call, at: venueClock.now) } catch {
      let refusal = Rejection(.notSent, message: "the request could not be signed: \(error)")
      loop.enqueue { [weak self] in self?.assumeIsolated { then($0, .failure(.refused(refusal))) } }
      return
    }
    let venueNow = venueClock.now
    ports.perform(request) { [weak self, loop, outcomes] result in
      let value = outcomes.read(SpotAnswer(result), at: venueNow) { (body) throws(MalformedMessage) in
        try decode(outcomes.decoder, body)
      }
      loop.enqueue { [weak self] in self?.assumeIsolated { then($0, value) } }
    }
  }

  // MARK: - One order

  /// How long the stream has to answer a query before REST is asked as well. A silent socket must not delay the
  /// settling of an ambiguous command by more than this.
  static let queryHedgeNanoseconds: Int64 = 500_000_000

  func ask(_ query: OrderQuery, id: Int64) {
    queriesOpen.insert(id)
    guard sendFrame(.order(query), question: .query(id: id, query), receiveWindow: nil) else {
      askByREST(query, id: id)
      return
    }
    loop.schedule(afterNanoseconds: Self.queryHedgeNanoseconds) { [weak self] in
      self?.assumeIsolated { account in
        if account.queriesOpen.contains(id) { account.askByREST(query, id: id) }
      }
    }
  }

  private func askByREST(_ query: OrderQuery, id: Int64) {
    let request: HTTPRequest
    do { request = try venueRequests.request(.order(query), at: venueClock.now) } catch {
      finishQuery(id: id, .failed("the request could not be signed: \(error)"))
      return
    }
    ports.perform(request) { [weak self, loop] result in
      loop.enqueue { [weak self] in
        self?.assumeIsolated { account in
          account.finishQuery(id: id, account.outcomes.queryResult(SpotAnswer(result), at: account.venueClock.now))
        }
      }
    }
  }

  /// The first answer counts; a second one, from the other way, is old news.
  func finishQuery(id: Int64, _ result: QueryResult) {
    guard queriesOpen.remove(id) != nil else { return }
    feed(.answer(id: id, result))
  }

  // MARK: - Snapshot

  func readSnapshot(_ scope: SnapshotScope, id: Int64) {
    readings[id] = SnapshotReading(
      scope, requestedAt: venueClock.localNow, venueTime: venueClock.certainlyPassed)
    if scope.readsAccount { readAccount(id) }
    if !scope.prices.isEmpty {
      readPart(id, .prices(scope.prices), { (decoder, body) throws(MalformedMessage) in try decoder.prices(body) }) {
        .prices($0)
      }
    }
    for (index, history) in scope.histories.enumerated() {
      readOrders(id, .orders(history.symbol, since: history.since), history: index)
      readTrades(id, .trades(history), history: index)
    }
    finishIfRead(id)
  }

  private func readAccount(_ id: Int64) {
    readPart(id, .account, { (decoder, body) throws(MalformedMessage) in try decoder.account(body) }) { .account($0) }
    readPart(id, .openOrders(), { (decoder, body) throws(MalformedMessage) in try decoder.orders(body) }) {
      .openOrders($0)
    }
  }

  private func readPart<Value: Sendable>(
    _ id: Int64, _ call: SpotCall, _ decode: @escaping Decode<Value>,
    _ part: @escaping @Sendable (Result<Value, SpotReadFailure>) -> SnapshotReading.Part
  ) {
    readings[id]?.outstanding += 1
    read(call, decode) { account, result in account.take(part(result), of: id) }
  }

  private func readOrders(_ id: Int64, _ call: SpotCall, history: Int) {
    readPart(id, call, { (decoder, body) throws(MalformedMessage) in try decoder.orders(body) }) {
      .orders(history: history, $0)
    }
  }

  private func readTrades(_ id: Int64, _ call: SpotCall, history: Int) {
    readPart(id, call, { (decoder, body) throws(MalformedMessage) in try decoder.trades(body) }) {
      .trades(history: history, $0)
    }
  }

  private func take(_ part: SnapshotReading.Part, of id: Int64) {
    guard var reading = readings[id] else { return }
    reading.outstanding -= 1
    let page = reading.take(part)
    readings[id] = reading
    switch page {
    case .orders(let history, let from):
      readOrders(id, .orders(reading.snapshot.histories[history].request.symbol, from: from), history: history)
    case .trades(let history, let from):
      var request = reading.snapshot.histories[history].request
      request.fromTradeID = from
      readTrades(id, .trades(request), history: history)
    case nil: break
    }
    finishIfRead(id)
  }

  private func finishIfRead(_ id: Int64) {
    guard let finished = readings[id], finished.outstanding == 0 else { return }
    readings[id] = nil
    feed(.snapshot(id: id, finished.snapshot))
  }

  // MARK: - Instruments and the clock

  func readInstruments() {
    awaitFirstInstruments()
    read(.exchangeInfo(), { (decoder, body) throws(MalformedMessage) in try decoder.exchangeInfo(body) }) {
      account, result in
      switch result {
      case .success(let info):
        if info.unreadableSymbols > 0 {
          account.ports.log.warning(
            "instruments could not be read", metadata: ["count": "\(info.unreadableSymbols)"])
        }
        account.knowsInstruments = true
        account.ports.setLimits(info.rateLimits)
        account.feed(.instruments(info.instruments))
      case .failure(let failure):
        account.ports.log.warning("instruments could not be fetched", metadata: ["detail": "\(failure)"])
        guard account.knowsInstruments else { return }
        account.later(Self.instrumentRetryNanoseconds) { $0.readInstruments() }
      }
    }
  }

  /// Nothing can be protected before the first instruments are known: a slow answer is not waited for, and whichever
  /// comes first counts.
  private func awaitFirstInstruments() {
    guard !knowsInstruments, !awaitsFirstInstruments else { return }
    awaitsFirstInstruments = true
    later(Self.instrumentRetryNanoseconds) { account in
      account.awaitsFirstInstruments = false
      if !account.knowsInstruments { account.readInstruments() }
    }
  }

  static let instrumentRetryNanoseconds: Int64 = 2_000_000_000

  /// Measures the venue's clock now; the answer's time is the sample.
  func measureClock() {
    let sentAt = venueClock.localNow
    read(.time, { (decoder, body) throws(MalformedMessage) in try decoder.time(body) }) { account, result in
      guard case .success(let venue) = result else { return }
      account.venueClock.measured(venue, sentAt: sentAt)
      if let offset = account.venueClock.offset { account.gauges.measuredClock(offset) }
    }
  }

  /// Measures whenever a sample is due, for as long as the account lives.
  func keepMeasuringClock() {
    measureClock()
    // Never faster than the spacing of samples, also when the venue does not answer.
    let due = max(venueClock.nextMeasurement - venueClock.localNow, ClockOffset.sampleSpacing)
    later(due.wholeNanoseconds) { $0.keepMeasuringClock() }
  }

  func later(_ nanoseconds: Int64, _ body: @escaping @Sendable (isolated GuardianAccount) -> Void) {
    loop.schedule(afterNanoseconds: nanoseconds) { [weak self] in
      self?.assumeIsolated { account in
        if !account.isStopping { body(account) }
      }
    }
  }
}
