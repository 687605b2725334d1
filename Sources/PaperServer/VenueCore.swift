import NIOCore
import PaperVenue
import Trading

/// The venue behind its listeners: one world, its keys, its sockets. It lives on one event loop and nothing else
/// touches it.
final class VenueCore {
  let loop: any EventLoop
  let clock: VenueClock
  let configuration: PaperServerConfiguration
  var world: PaperWorld
  var keys = KeyRing()
  var tape = MarketTape()

  private let adminToken: String
  private var nextTag: UInt64 = 1
  private var routes: [RequestTag: (RoutedReply) -> Void] = [:]
  private var userSockets: [ConnectionID: UserSocket] = [:]
  private(set) var marketSockets: [MarketSocket] = []
  private var timer: Scheduled<Void>?
  private var priceSources: [(symbol: Symbol, source: any PriceSource)] = []
  private var priceTask: RepeatedTask?

  /// How a submitted request came back.
  enum RoutedReply {
    case reply(Result<PaperReply, PaperError>)
    case lost(closes: Bool)
  }

  init(loop: any EventLoop, world: PaperWorld, configuration: PaperServerConfiguration, adminToken: String) {
    self.adminToken = adminToken
    self.loop = loop
    self.world = world
    self.configuration = configuration
    clock = configuration.clock
  }

  /// The real time: when things happen.
  var now: Timestamp { clock.now }
  /// The time the venue believes it is: what it states and what it holds timestamps against.
  var serverTime: Timestamp { now + world.faults.clockSkew(at: now) }

  /// Compares in a time that depends on the lengths only.
  func isAdminToken(_ text: String) -> Bool {
    let (given, wanted) = (Array(text.utf8), Array(adminToken.utf8))
    guard given.count == wanted.count else { return false }
    return zip(given, wanted).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  // MARK: Requests

  func submit(
    _ request: PaperRequest, for account: AccountID, on connection: ConnectionID? = nil,
    then: @escaping (RoutedReply) -> Void
  ) {
    let tag = RequestTag(nextTag)
    nextTag += 1
    routes[tag] = then
    world.submit(request, tag: tag, for: account, on: connection, at: now)
    flush()
  }

  /// Changes the world from outside its clients, and delivers what follows.
  func change<Value>(_ body: (inout PaperWorld, Timestamp) throws -> Value) rethrows -> Value {
    defer { flush() }
    return try body(&world, now)
  }

  /// Delivers everything that is due and sets the timer for what is not.
  func flush() {
    for delivery in world.advance(to: now) { deliver(delivery) }
    for message in tape.observe(world.exchange, at: now) {
      for socket in marketSockets { socket.publish(message) }
    }
    timer?.cancel()
    timer = nil
    guard let due = world.nextDue else { return }
    let wait = Swift.max(1, (due - now).wholeNanoseconds)
    timer = loop.assumeIsolated().scheduleTask(in: .nanoseconds(wait)) { self.flush() }
  }

  private func deliver(_ delivery: PaperDelivery) {
    switch delivery.content {
    case .reply(let tag, let result, _): routes.removeValue(forKey: tag)?(.reply(result))
    case .lost(let tag, _, let closes): routes.removeValue(forKey: tag)?(.lost(closes: closes))
    case .event(let connection, let subscription, let event):
      userSockets[connection]?.send(JSONWriter.event(event, subscription: subscription))
    case .closed(let connection): userSockets[connection]?.cut()
    }
  }

  // MARK: Sockets

  func register(_ socket: UserSocket) { userSockets[socket.connection] = socket }
  func unregister(_ socket: UserSocket) {
    userSockets[socket.connection] = nil
    world.disconnect(socket.connection)
  }

  func register(_ socket: MarketSocket) { marketSockets.append(socket) }
  func unregister(_ socket: MarketSocket) { marketSockets.removeAll { $0 === socket } }

  /// Tells every user socket that the venue is about to stop; no lead time is promised (fault ST12).
  func announceShutdown() {
    let frame = JSONWriter.object { json in
      json.field("event") { json in
        json.field("e", "serverShutdown")
        json.field("E", self.serverTime)
      }
    }
    for connection in world.openConnections { userSockets[connection]?.send(frame) }
  }

  // MARK: Prices

  /// Lets prices run by themselves, one step of every source per interval.
  func run(_ sources: [(symbol: Symbol, source: any PriceSource)], every interval: TimeAmount) {
    priceTask?.cancel()
    priceSources = sources
    guard !sources.isEmpty else { return }
    let core = NIOLoopBound(self, eventLoop: loop)
    priceTask = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
      core.value.stepPrices()
    }
  }

  private func stepPrices() {
    for index in priceSources.indices {
      guard let price = priceSources[index].source.next() else { continue }
      world.setPrice(price, of: priceSources[index].symbol, at: now)
      flush()
    }
  }

  func stop() {
    priceTask?.cancel()
    timer?.cancel()
    routes.removeAll()
  }
}
