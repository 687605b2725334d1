import PaperVenue
import Reconciler
import Trading
import Venue

// Requests and replies: how they travel, get lost, and what the venue makes of them.
extension World {
  static let socketPatience: Duration = .seconds(10)
  static let restPatience: Duration = .seconds(3)
  static let hedgeAfter: Duration = .milliseconds(500)
  /// Requests whose time stamp is this far ahead are refused (binance.md §1).
  static let aheadMax: Duration = .seconds(1)
  /// Rows of one page of a history.
  static let pageRowsMax = 1000

  mutating func latency() -> Duration { tape.duration(options.latencyLeast, options.latencyMost) }

  func strength(_ fault: FaultClass) -> Int {
    guard faultsAct, let strength = options.faults[fault] else { return 0 }
    return options.extras.aim != nil && isAimedNow(fault) ? 1000 : strength
  }

  // MARK: - Leaving

  mutating func send(_ command: VenueCommand, id: Int64, window: Duration) {
    truth.own(command)
    ask(.command(id: id, command), window: window)
  }

  mutating func ask(_ question: Call.Question, window: Duration? = nil, byREST: Bool = false) {
    let avoidsSocket = guardian?.avoidsSocket == true
    if case .command = question { guardian?.avoidsSocket = false }
    guard let connection = guardian?.connection else { return dispatch(question, window, on: nil) }
    let takesSocket: Bool =
      switch question {
      case .command: !avoidsSocket
      case .query: !byREST
      case .part, .instruments: false
      }
    dispatch(question, window, on: takesSocket ? connection : nil)
  }

  private mutating func dispatch(_ question: Call.Question, _ window: Duration?, on connection: Int?) {
    lastCall += 1
    let call = Call(
      number: lastCall, incarnation: incarnation, question: question, connection: connection, sentAt: now,
      timestamp: guardianTime, window: window ?? .seconds(5))
    guardian?.calls[call.number] = call
    heap.push(.timeout(call.number), at: now + (connection == nil ? Self.restPatience : Self.socketPatience))
    if case .query = question, connection != nil { heap.push(.hedge(call.number), at: now + Self.hedgeAfter) }
    if tape.chance(perMille: strength(.requestLoss), about: .fault(.requestLoss)) {
      mischief(.requestLoss)
      trace.note(now, 20, Int64(call.number), "  request is lost")
      return
    }
    var arrival = now + latency()
    if tape.chance(perMille: strength(.slowRequests), about: .fault(.slowRequests)) {
      mischief(.slowRequests)
      arrival = arrival + tape.duration(.milliseconds(100), .seconds(4), about: .fault(.slowRequests))
    }
    if let connection {
      arrival = max(arrival, connections[connection].lastArrival)
      connections[connection].lastArrival = arrival
    }
    heap.push(.arrival(call), at: arrival)
  }

  mutating func read(_ scope: SnapshotScope, id: Int64) {
    trace.note(now, 21, id, "snapshot \(id) asked, \(scope.histories.count) histories")
    let snapshot = VenueSnapshot(
      requestedAt: now, venueTimeAtStart: options.grain.cut(guardianTime), balances: nil, openOrders: nil,
      histories: scope.histories.map { SymbolHistory(request: $0, orders: [], fills: [], isComplete: true) })
    guardian?.readings[id] = Reading(snapshot: snapshot)
    var parts: [Call.Part] = [.account, .openOrders]
    if !scope.prices.isEmpty { parts.append(.prices(scope.prices)) }
    for (index, history) in scope.histories.enumerated() {
      parts += [.orders(index, history), .trades(index, history)]
    }
    guardian?.readings[id]?.outstanding = parts.count
    for part in parts { ask(.part(reading: id, part)) }
  }

  // MARK: - At the venue

  mutating func arrive(_ call: Call) {
    if let connection = call.connection {
      let link = connections[connection]
      guard link.state == .open, !link.isBlackhole else { return }
    }
    let reply = answer(call)
    guard let reply else { return }
    if tape.chance(perMille: strength(.replyLoss), about: .fault(.replyLoss)) {
      mischief(.replyLoss)
      trace.note(now, 22, Int64(call.number), "  reply is lost")
      return
    }
    var due = now + latency()
    if tape.chance(perMille: strength(.slowRequests), about: .fault(.slowRequests)) {
      mischief(.slowRequests)
      due = due + tape.duration(.milliseconds(100), .seconds(6), about: .fault(.slowRequests))
    } else if let connection = call.connection, options.repliesFollowEvents {
      due = max(due, connections[connection].lastDelivery)
      connections[connection].lastDelivery = due
    }
    heap.push(.reply(call.number, reply), at: due)
  }

  private mutating func answer(_ call: Call) -> Reply? {
    if let refusal = gate(call) { return .paper(.failure(refusal)) }
    if let page = blockedPage(call) { return page }
    let failsAfter = tape.chance(perMille: strength(.serverError), about: .fault(.serverError))
    if failsAfter {
      mischief(.serverError)
      if tape.chance(perMille: 500, about: .fault(.serverError)) { return .paper(.failure(.timeout)) }
    }
    let reply: Reply
    switch call.question {
    case .command(let id, let command):
      var result = Result<PaperReply, PaperError>.failure(.unknown)
      look(at: command.symbol) { result = $0.execute(command, id: id, life: call.incarnation) }
      reply = .paper(result)
    case .query(_, let query): reply = .paper(readAccount(.order(VenueTranslation.lookup(query))))
    case .instruments:
      reply = .instruments(
        markets.map { market in
          let status = exchange.status(of: market.symbol) ?? .trading
          return VenueTranslation.instrument(exchange.rules(of: market.symbol) ?? market.options.rules, status)
        })
    case .part(_, let part): reply = answer(part)
    }
    return failsAfter ? .paper(.failure(.unexpectedResponse)) : reply
  }

  /// What is refused before the matching engine: bans, limits, the receive window.
  private mutating func gate(_ call: Call) -> PaperError? {
    if let until = throttledUntil, now < until {
      mischief(.throttle)
      let seconds = max(1, Int((until - now).wholeMilliseconds / 1000))
      return isBan
        ? .banned(untilMilliseconds: (venueTime + (until - now)).milliseconds, retryAfterSeconds: seconds)
        : .tooMuchWeight(limit: 6000, retryAfterSeconds: seconds)
    }
    guard let window = call.window else { return nil }
    let isAhead = call.timestamp > venueTime + Self.aheadMax
    guard isAhead || venueTime - call.timestamp > window else { return nil }
    // The shell measures the clock again when it is told so.
    clockError = tape.duration(.milliseconds(-8), .milliseconds(8))
    trace.note(now, 28, 0, "  clock refused")
    return isAhead ? .aheadOfServer : .outsideWindow
  }

  /// Something in between answers with a page of its own: nothing was executed when it says 403; of a page with 200
  /// nobody can tell (RS14).
  private mutating func blockedPage(_ call: Call) -> Reply? {
    guard tape.chance(perMille: strength(.blockedPage), about: .fault(.blockedPage)) else { return nil }
    mischief(.blockedPage)
    if tape.chance(perMille: 500, about: .fault(.blockedPage)) {
      return .paper(.failure(PaperError(status: 403, code: 0, message: "<html>")))
    }
    if case .command(let id, let command) = call.question, tape.chance(perMille: 500, about: .fault(.blockedPage)) {
      look(at: command.symbol) { _ = $0.execute(command, id: id, life: call.incarnation) }
    }
    return .paper(.failure(.unexpectedResponse))
  }

  /// What the venue's archive leaves of an answer (RS15).
  private mutating func retained(_ result: Result<PaperReply, PaperError>) -> Result<PaperReply, PaperError> {
    guard let strength = options.faults[.retention], case .success(let reply) = result else { return result }
    // Longer than readings lag, or no two answers would agree; a day of ninety takes too long for a world.
    let age: Duration = strength >= 200 ? .seconds(12) : .seconds(25)
    let oldest = venueTime + (.zero - age)
    func isArchived(_ order: PaperOrder) -> Bool {
      !order.isOpen && order.executedQuantity.isZero && order.updatedAt < oldest
    }
    switch reply {
    case .order(let order) where isArchived(order):
      mischief(.retention)
      return .failure(.archived)
    case .orders(let orders) where orders.contains(where: isArchived):
      mischief(.retention)
      return .success(.orders(orders.filter { !isArchived($0) }))
    default: return result
    }
  }

  private mutating func answer(_ part: Call.Part) -> Reply {
    if tape.chance(perMille: strength(.failedReads), about: .fault(.failedReads)) {
      mischief(.failedReads)
      trace.note(now, 36, 0, "  a reading fails")
      return .paper(.failure(.unknown))
    }
    switch part {
    case .account: return .paper(readAccount(.account(omitsZeroBalances: true)))
    case .openOrders: return .paper(readAccount(.openOrders(nil)))
    case .prices(let symbols):
      var prices: [Symbol: FixedDecimal] = [:]
      for symbol in symbols { prices[symbol] = exchange.lastPrice(of: symbol) }
      return .prices(prices)
    case .orders(_, let history):
      return .paper(readAccount(.allOrders(OrderHistoryQuery(history.symbol, start: history.since, limit: 1000))))
    case .trades(_, let history): return .paper(readTrades(history))
    }
  }

  /// All pages of a symbol's trades, as the shell turns them.
  private mutating func readTrades(_ history: HistoryRequest) -> Result<PaperReply, PaperError> {
    var query =
      history.fromTradeID.map { TradeQuery(history.symbol, fromID: $0, limit: Self.pageRowsMax) }
      ?? TradeQuery(history.symbol, start: history.since, limit: Self.pageRowsMax)
    var rows: [PaperTrade] = []
    while true {
      let reply = readAccount(.trades(query))
      guard case .success(.trades(let page)) = reply else { return reply }
      rows += page
      guard page.count >= Self.pageRowsMax, let last = page.map(\.id).max() else { return .success(.trades(rows)) }
      query = TradeQuery(history.symbol, fromID: TradeID(last.number + 1), limit: Self.pageRowsMax)
    }
  }

  private mutating func readAccount(_ request: PaperRequest) -> Result<PaperReply, PaperError> {
    var replica: PaperAccount?
    if tape.chance(perMille: strength(.staleReads), about: .fault(.staleReads)) {
      mischief(.staleReads)
      let moment = Instant(
        nanoseconds: now.nanoseconds - tape.duration(.milliseconds(50), .seconds(10)).wholeNanoseconds)
      replica = (replicas.last { $0.time <= moment } ?? replicas.first)?.account
      trace.note(now, 29, 0, "  a reading shows \(moment.nanoseconds / 1_000_000) ms")
    }
    return withoutForgotten(
      retained(exchange.perform(request, for: Self.account, at: venueTime, replica: replica).result), request)
  }

  private mutating func execute(_ command: VenueCommand, id: Int64, life: Int) -> Result<PaperReply, PaperError> {
    let before = exchange.ledger(of: Self.account, symbol)
    referee.arrived(command, exchange, truth, at: now)
    let isRaced = isRaced(command, life: life)
    let undoes = undoes(command, id: id, life: life)
    let outcome = exchange.perform(VenueTranslation.request(command), for: Self.account, at: venueTime)
    switch outcome.result {
    case .success: trace.note(now, 23, id, "  venue takes \(command.text)")
    case .failure(let error): trace.note(now, 24, Int64(error.code), "  venue refuses \(command.text): \(error)")
    }
    if case .failure(let error) = outcome.result { referee.refused(command, error, at: now) }
    if case .success = outcome.result {
      noteWriter(of: command, life: life)
      if undoes { noteUndoing() }
      let sentAt = referee.sentAt(id, life) ?? now
      let process = process(of: life)
      referee.executed(
        command, exchange, truth, isRaced: isRaced, untoldBefore: untoldBefore(life, sentAt: sentAt),
        untold: process?.untold(symbol, at: now, latency: options.latencyMost),
        heard: process?.heard(at: now, latency: options.latencyMost), readAt: process?.historiesAsked[symbol],
        sentAt: sentAt, at: now)
    }
    if command.isExit, outcome.events.contains(where: \.isTrade) { referee.sells() }
    settle(outcome.events)
    if case .success = outcome.result { referee.placed(command, legs: ownLegs, exchange, truth, at: now) }
    if let before, let after = exchange.ledger(of: Self.account, symbol) {
      referee.compareCover(before, after, command, id: id, life: life, exchange, truth, at: now)
    }
    return outcome.result
  }

  /// What ended before then the life was never told: none of its readings of the symbol's history has come through.
  private func untoldBefore(_ life: Int, sentAt: Instant) -> Instant? {
    guard let process = process(of: life), process.historiesTold[symbol].map({ $0 > sentAt }) ?? true else {
      return nil
    }
    return process.heardSince ?? now
  }

  private func process(of life: Int) -> GuardianProcess? { life == incarnation ? guardian : stale?.guardian }

  // MARK: - Coming back

  mutating func take(_ reply: Reply, to number: UInt64) {
    guard let call = guardian?.calls[number] else { return }
    if let connection = call.connection, connections[connection].state == .gone || connections[connection].isBlackhole {
      return
    }
    guardian?.calls[number] = nil
    switch (call.question, reply) {
    case (.command(let id, _), .paper(let result)):
      let outcome = VenueTranslation.outcome(result, options.grain)
      trace.note(now, 25, id, "reply to \(id): \(outcome.label)")
      feed(.outcome(id: id, outcome))
    case (.query(let id, let query), .paper(let result)):
      let answer = VenueTranslation.answer(result, options.grain)
      switch answer {
      case .found, .absent: look(at: query.symbol) { $0.referee.lastAnswer = $0.now }
      case .failed: break
      }
      answered(id, answer)
    case (.part(let reading, let part), _): take(reply, part, of: reading)
    case (.instruments, .instruments(let list)): takeInstruments(list)
    case (.instruments, _):
      guard guardian?.knowsInstruments == true else { return }
      heap.push(.instrumentsAgain(incarnation: incarnation, isFirst: false), at: now + .seconds(2))
    case (.command, _), (.query, _): break
    }
  }

  private mutating func takeInstruments(_ list: [Instrument]) {
    feed(.instruments(list))
    guard guardian?.hasAskedMirror == false else { return }
    guardian?.hasAskedMirror = true
    readMirror()
  }

  private mutating func answered(_ id: Int64, _ result: QueryResult) {
    guard guardian?.queriesOpen.remove(id) != nil else { return }
    trace.note(now, 26, id, "answer \(id): \(result.label)")
    feed(.answer(id: id, result))
  }

  private mutating func take(_ reply: Reply, _ part: Call.Part, of id: Int64) {
    guard var reading = guardian?.readings[id] else { return }
    reading.take(reply, part, options.grain)
    guardian?.readings[id] = reading
    guard reading.outstanding == 0 else { return }
    guardian?.readings[id] = nil
    trace.note(
      now, 27, id,
      "snapshot \(id): \(reading.snapshot.openOrders.map { "\($0.count) open" } ?? "no orders") \(reading.snapshot.balances.map { balances in balances.map { "\($0.asset) \($0.total)" }.joined(separator: " ") } ?? "no balances")"
    )
    for history in reading.snapshot.histories where history.isComplete {
      let told = guardian?.historiesTold[history.request.symbol] ?? now
      guardian?.historiesTold[history.request.symbol] = told
      let asked = guardian?.historiesAsked[history.request.symbol] ?? reading.snapshot.requestedAt
      guardian?.historiesAsked[history.request.symbol] = max(asked, reading.snapshot.requestedAt)
      look(at: history.request.symbol) { $0.referee.isPastTold = true }
    }
    if reading.snapshot.failures.isEmpty, reading.snapshot.histories.allSatisfy(\.isComplete) {
      if guardian?.hasRead == false {
        noteFlat()
        noteTraceless()
      }
      guardian?.hasRead = true
      everywhere { $0.referee.hasRead = true }
    }
    feed(.snapshot(id: id, reading.snapshot))
  }

  mutating func timeOut(_ number: UInt64) {
    guard let call = guardian?.calls.removeValue(forKey: number) else { return }
    switch call.question {
    case .command(let id, _):
      guardian?.avoidsSocket = call.connection != nil
      feed(.outcome(id: id, .ambiguous("no reply in time")))
    case .query(let id, _): answered(id, .failed("no reply in time"))
    case .part(let reading, let part): take(.paper(.failure(.timeout)), part, of: reading)
    case .instruments: if guardian?.knowsInstruments == true { ask(.instruments) }
    }
  }

  /// A query that the socket has not answered is asked by REST as well.
  mutating func hedge(_ number: UInt64) {
    if let call = guardian?.calls[number], case .query(let id, _) = call.question,
      guardian?.queriesOpen.contains(id) == true
    {
      ask(call.question, byREST: true)
    }
  }
}

extension Reading {
  mutating func take(_ reply: Reply, _ part: Call.Part, _ grain: TimeGrain) {
    outstanding -= 1
    switch (part, reply) {
    case (.account, .paper(.success(.account(let report)))):
      snapshot.balances = report.balances.map(VenueTranslation.balance)
    case (.openOrders, .paper(.success(.orders(let orders)))):
      snapshot.openOrders = orders.map { VenueTranslation.order($0, grain) }
    case (.prices, .prices(let prices)): snapshot.prices = prices
    case (.orders(let index, _), .paper(.success(.orders(let orders)))):
      snapshot.histories[index].orders += orders.map { VenueTranslation.order($0, grain) }
    case (.trades(let index, _), .paper(.success(.trades(let trades)))):
      snapshot.histories[index].fills += trades.map { VenueTranslation.fill($0, grain) }
    case (.orders(let index, _), _), (.trades(let index, _), _):
      snapshot.histories[index].isComplete = false
      snapshot.failures.append("history")
    case (.account, _): snapshot.failures.append("account")
    case (.openOrders, _): snapshot.failures.append("open orders")
    case (.prices, _): snapshot.failures.append("prices")
    }
  }
}

extension CommandOutcome {
  var label: String {
    switch self {
    case .accepted: "accepted"
    case .rejected(let rejection): "rejected \(rejection.kind.rawValue)"
    case .ambiguous(let reason): "ambiguous \(reason)"
    }
  }
}

extension QueryResult {
  var label: String {
    switch self {
    case .found(let order): "found \(order.status.name) \(order.executedQuantity)/\(order.quantity)"
    case .absent: "absent"
    case .failed(let reason): "failed \(reason)"
    }
  }
}
