public import Trading

/// The exchange behind its faults, in virtual time: requests go in, replies and events come out when they are due.
///
/// Nothing happens by itself. `submit` and the changes enter what they cause into one queue; `advance(to:)` works it
/// off up to a moment and returns what reaches the outside, in order. A wire server calls it with the real time, a
/// simulator with its own.
public struct PaperWorld: Sendable {
  public private(set) var exchange: PaperExchange
  public var faults: FaultPlan
  /// Rate limits; none when `nil`.
  public var meter: RequestMeter?

  private var queue = DueQueue<Timestamp, Pending>()
  /// Ascending by id.
  private var connections: [Connection] = []
  private var nextConnection: UInt64 = 1
  private var history: [Replica] = []

  /// States kept for stale reads. At a few changes a second this reaches back minutes; older ones are forgotten first.
  static let replicasMax = 2048

  /// One account's state right after a change.
  private struct Replica: Sendable {
    let time: Timestamp
    let account: PaperAccount
  }

  private struct Connection: Sendable {
    let id: ConnectionID
    var subscriptions: [(id: Int, account: AccountID)] = []
    var nextSubscription = 0
    /// In-order lag: nothing is delivered before this.
    var notBefore = Timestamp(milliseconds: 0)
  }

  private enum Pending: Sendable {
    case apply(RequestTag, PaperRequest, AccountID, ConnectionID?)
    case deliver(PaperDelivery.Content)
  }

  public init(exchange: PaperExchange, faults: FaultPlan = FaultPlan(), meter: RequestMeter? = nil) {
    self.exchange = exchange
    self.faults = faults
    self.meter = meter
  }

  /// When something falls due next; `nil` when nothing is under way.
  public var nextDue: Timestamp? { queue.nextDue }

  /// Works off everything that is due at `now`.
  public mutating func advance(to now: Timestamp) -> [PaperDelivery] {
    var deliveries: [PaperDelivery] = []
    while let (due, item) = queue.pop(dueAt: now) {
      switch item {
      case .apply(let tag, let request, let account, let connection):
        apply(request, tag: tag, account: account, connection: connection, at: due)
      case .deliver(let content):
        if isDeliverable(content) { deliveries.append(PaperDelivery(time: due, content: content)) }
        if case .closed(let connection) = content { connections.removeAll { $0.id == connection } }
      }
    }
    return deliveries
  }

  private func isDeliverable(_ content: PaperDelivery.Content) -> Bool {
    let id: ConnectionID?
    switch content {
    case .reply(_, _, let connection), .lost(_, let connection, _): id = connection
    case .event(let connection, _, _), .closed(let connection): id = connection
    }
    guard let id else { return true }
    return connections.contains { $0.id == id }
  }

  // MARK: Requests

  /// Enters a request that arrives at `now`. Its reply, if one ever comes, is delivered under `tag`.
  /// - Parameter connection: the socket it came on, so that a cut socket loses the reply; `nil` for a REST call.
  public mutating func submit(
    _ request: PaperRequest, tag: RequestTag, for account: AccountID, on connection: ConnectionID? = nil,
    at now: Timestamp
  ) {
    switch faults.fate(of: request.kind, account: account, at: now) {
    case .lost: queue.push(.deliver(.lost(tag, connection, closes: false)), at: now)
    case .refused(let error): queue.push(.deliver(.reply(tag, .failure(error), connection)), at: now)
    case .arrives(let delay): queue.push(.apply(tag, request, account, connection), at: now + delay)
    }
  }

  private mutating func apply(
    _ request: PaperRequest, tag: RequestTag, account: AccountID, connection: ConnectionID?, at now: Timestamp
  ) {
    if let error = meter?.charge(request.weight, at: now) {
      queue.push(.deliver(.reply(tag, .failure(error), connection)), at: now)
      return
    }
    var countExceeded: PaperError?
    if request.orderCount > 0 {
      countExceeded = meter?.countOrders(request.orderCount, of: account, at: now)
      if let error = countExceeded, request.kind != .cancelReplace {
        queue.push(.deliver(.reply(tag, .failure(error), connection)), at: now)
        return
      }
    }
    let replica = request.kind.isWrite ? nil : replica(for: request.kind, account: account, at: now)
    let outcome = exchange.perform(
      request, for: account, at: now, replica: replica, orderCountExceeded: countExceeded)
    if outcome.refusal == nil, request.isFreeOnSuccess { meter?.refund(request.weight, at: now) }
    if outcome.refusal != nil, !exchange.variants.refusalsCount {
      meter?.uncountOrders(request.orderCount, of: account, at: now)
    }
    let reply = replyDelivery(outcome.result, tag: tag, kind: request.kind, account, connection, at: now)
    if !exchange.variants.eventsBeforeReply { queue.push(.deliver(reply.content), at: reply.due) }
    route(outcome.events, at: now)
    if exchange.variants.eventsBeforeReply { queue.push(.deliver(reply.content), at: reply.due) }
  }

  private mutating func replyDelivery(
    _ result: Result<PaperReply, PaperError>, tag: RequestTag, kind: RequestKind, _ account: AccountID,
    _ connection: ConnectionID?, at now: Timestamp
  ) -> (content: PaperDelivery.Content, due: Timestamp) {
    switch faults.replyFate(of: kind, account: account, at: now) {
    case .sent(let delay): (.reply(tag, result, connection), now + delay)
    case .replaced(let error): (.reply(tag, .failure(error), connection), now)
    case .lost: (.lost(tag, connection, closes: false), now)
    case .cut: (.lost(tag, connection, closes: true), now)
    }
  }

  private mutating func replica(for kind: RequestKind, account: AccountID, at now: Timestamp) -> PaperAccount? {
    guard let moment = faults.readMoment(of: kind, account: account, at: now) else { return nil }
    let states = history.filter { $0.account.id == account }
    return (states.last { $0.time <= moment } ?? states.first)?.account
  }

  // MARK: Changes that are nobody's request

  /// Changes the exchange directly (prices, fills by hand, deposits, statuses) and sends the events that follow.
  public mutating func change<Value>(
    at now: Timestamp, _ body: (inout PaperExchange) -> (Value, [PaperEvent])
  ) -> Value {
    let (value, events) = body(&exchange)
    route(events, at: now)
    return value
  }

  /// The same for a change that tells nobody.
  public mutating func configure(_ body: (inout PaperExchange) -> Void) { body(&exchange) }

  public mutating func setPrice(_ price: FixedDecimal, of symbol: Symbol, at now: Timestamp) {
    route(exchange.setPrice(price, of: symbol, at: now), at: now)
  }

  /// Adds a fault. A rule that will ask for the past finds at least the present state.
  public mutating func inject(_ rule: FaultRule, at now: Timestamp) {
    faults.add(rule)
    guard faults.needsHistory else { return }
    for account in exchange.accountIDs { remember(account, at: now) }
  }

  /// Ends every fault; what is already under way still arrives.
  public mutating func heal() {
    faults.removeAll()
    history.removeAll()
  }

  private mutating func remember(_ id: AccountID, at now: Timestamp) {
    guard let account = exchange.account(id) else { return }
    history.append(Replica(time: now, account: account))
    if history.count > Self.replicasMax { history.removeFirst(Self.replicasMax / 4) }
  }

  private mutating func route(_ events: [PaperEvent], at now: Timestamp) {
    guard !events.isEmpty else { return }
    if faults.needsHistory {
      var seen: [AccountID] = []
      for event in events where !seen.contains(event.account) {
        seen.append(event.account)
        remember(event.account, at: now)
      }
    }
    for event in events { countFill(event) }
    for index in connections.indices {
      for subscription in connections[index].subscriptions {
        for event in events where event.account == subscription.account {
          send(event, to: index, subscription: subscription.id, at: now)
        }
      }
    }
  }

  private mutating func countFill(_ event: PaperEvent) {
    guard meter != nil, case .executionReport(let report) = event.payload, let trade = report.trade,
      report.order.executedQuantity == trade.quantity
    else { return }
    meter?.creditFill(of: event.account, isMaker: trade.isMaker, at: event.time)
  }

  private mutating func send(_ event: PaperEvent, to index: Int, subscription: Int, at now: Timestamp) {
    let connection = connections[index].id
    switch faults.fate(of: event, at: now) {
    case .drop: break
    case .cut: queue.push(.deliver(.closed(connection)), at: now)
    case .terminate: endSubscription(connection, subscription, at: now)
    case .send(let delays, let lag):
      let base = Swift.max(now + lag, connections[index].notBefore)
      if lag > .zero { connections[index].notBefore = base }
      for delay in delays {
        queue.push(.deliver(.event(connection, subscription: subscription, event)), at: base + delay)
      }
    }
  }
}

// MARK: - Connections and subscriptions

extension PaperWorld {
  /// Subscriptions that one connection may hold at once (binance.md §2.1).
  static let subscriptionsMax = 1000

  /// Opens a socket; `nil` when connections are refused.
  public mutating func connect(at now: Timestamp) -> ConnectionID? {
    guard !faults.refusesConnection(at: now) else { return nil }
    let id = ConnectionID(nextConnection)
    nextConnection += 1
    connections.append(Connection(id: id))
    return id
  }

  /// The client went away: nothing more is delivered to it.
  public mutating func disconnect(_ id: ConnectionID) { connections.removeAll { $0.id == id } }

  /// The venue cuts a socket.
  public mutating func cut(_ id: ConnectionID, at now: Timestamp) { queue.push(.deliver(.closed(id)), at: now) }

  /// The venue cuts every socket.
  public mutating func cutAll(at now: Timestamp) { for connection in connections { cut(connection.id, at: now) } }

  public var openConnections: [ConnectionID] { connections.map(\.id) }

  /// Subscribes a socket to an account's events. There is no replay. A second subscription to one account is refused
  /// (-2035).
  public mutating func subscribe(_ id: ConnectionID, to account: AccountID) throws(PaperError) -> Int {
    guard let index = connections.firstIndex(where: { $0.id == id }) else { throw .disconnected }
    guard !connections[index].subscriptions.contains(where: { $0.account == account }) else {
      throw PaperError(code: -2035, message: "User Data Stream subscription already active.")
    }
    guard connections[index].subscriptions.count < Self.subscriptionsMax else {
      throw PaperError(code: -2042, message: "Maximum subscription ID reached for this connection.")
    }
    let subscription = connections[index].nextSubscription
    connections[index].nextSubscription += 1
    connections[index].subscriptions.append((subscription, account))
    return subscription
  }

  /// Ends one subscription, or all; each gets `eventStreamTerminated`.
  public mutating func unsubscribe(_ id: ConnectionID, _ subscription: Int?, at now: Timestamp) throws(PaperError) {
    let active = subscriptions(of: id)
    if let subscription, !active.contains(where: { $0.id == subscription }) {
      throw PaperError(code: -2036, message: "User Data Stream subscription not active.")
    }
    for entry in active where subscription == nil || entry.id == subscription { endSubscription(id, entry.id, at: now) }
  }

  public func subscriptions(of id: ConnectionID) -> [(id: Int, account: AccountID)] {
    connections.first { $0.id == id }?.subscriptions ?? []
  }

  /// Ends every subscription of an account while its sockets live on (fault ST14).
  public mutating func terminateStreams(of account: AccountID, at now: Timestamp) {
    for connection in connections {
      for entry in connection.subscriptions where entry.account == account {
        endSubscription(connection.id, entry.id, at: now)
      }
    }
  }

  private mutating func endSubscription(_ id: ConnectionID, _ subscription: Int, at now: Timestamp) {
    guard let index = connections.firstIndex(where: { $0.id == id }),
      let entry = connections[index].subscriptions.first(where: { $0.id == subscription })
    else { return }
    connections[index].subscriptions.removeAll { $0.id == subscription }
    let event = PaperEvent(account: entry.account, time: now, payload: .eventStreamTerminated)
    queue.push(.deliver(.event(id, subscription: subscription, event)), at: now)
  }
}
