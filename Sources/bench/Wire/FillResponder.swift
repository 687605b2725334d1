import Binance
import EventLoop
import Reconciler
import Signing
import Trading
import Venue

/// One account's shell as the guardian has it, without its reading side: decodes an event, lets the core decide, signs
/// the command and hands it to one way. Commands are taken as accepted once they are out, so that the next fill finds a
/// settled account. Confined to its loop.
final class FillResponder: @unchecked Sendable {
  // Unchecked because all state is confined to the loop's thread, except the times, which are locked.
  typealias Way = (SpotCall, _ id: Int64) -> Void

  let requests: SpotRequests
  private let loop: LoopThread
  private let decoder = SpotEventDecoder()
  private var core: AccountCore
  private var way: Way?
  private var timers: [CoreTimer: TimerID] = [:]
  private var sent: [(id: Int64, command: VenueCommand)] = []
  private var venue = AcceptingVenue()
  private var snapshotID: Int64 = 0
  /// When the last event's bytes came.
  private(set) var startedAt: Int64 = 0
  /// Stands in for the mirror's queue.
  private let recorded = Locked<[Fact]>([])

  init(loop: LoopThread, symbols: [Symbol]) throws {
    self.loop = loop
    let key = try SigningKey.make(
      .hmacSHA256, Secret("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"))
    requests = SpotRequests(
      credential: RequestCredential(
        apiKey: "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A", kind: .hmac
      ) {
        try key.sign($0)
      })
    core = AccountCore(policy: PreparedCore.policy)
    let instruments = symbols.map { PreparedCore.instrument($0, base: Asset(String($0.text.dropLast(4)))) }
    feed(.instruments(instruments))
    feed(.restored(nil))
    feed(.streamOpened(epoch: 1))
    let reading = VenueSnapshot(
      requestedAt: now, venueTimeAtStart: venueNow, balances: [Balance(asset: "USDT", free: "1000000")], openOrders: [])
    feed(.snapshot(id: snapshotID, reading))
    guard core.status.isKnown else { throw BenchmarkFailure("the core did not take its first reading") }
  }

  var now: Instant { Instant(nanoseconds: loop.clock.nowNanoseconds) }
  var venueNow: Timestamp { Timestamp(microseconds: WallClock.system.nowMicroseconds) }

  func use(_ way: @escaping Way) { self.way = way }

  /// Takes an event's bytes; what it makes necessary is out when this returns.
  func receive(_ text: [UInt8]) {
    startedAt = Stopwatch.nanoseconds
    guard let event = try? decoder.decode(text) else { return }
    feed(.event(event))
  }

  /// Answers everything that was sent as accepted, and drops what follows from it.
  func settle() {
    while !sent.isEmpty {
      let (id, command) = sent.removeFirst()
      let way = way
      self.way = nil
      feed(.outcome(id: id, .accepted(venue.receipt(of: command, at: venueNow))))
      self.way = way
    }
    recorded.withLock { $0.removeAll(keepingCapacity: true) }
  }

  private func feed(_ input: Input) {
    for effect in core.handle(input, at: now) {
      switch effect {
      case .send(let id, let command, _):
        sent.append((id, command))
        way?(SpotCall.command(command), id)
      case .setTimer(let timer, let at):
        guard loop.isOnLoop else { continue }
        if let old = timers[timer] { loop.cancel(old) }
        timers[timer] = loop.schedule(atNanoseconds: at.nanoseconds) {}
      case .cancelTimer(let timer):
        if let old = timers.removeValue(forKey: timer) { loop.cancel(old) }
      case .record(let facts): recorded.withLock { $0 += facts }
      case .requestSnapshot(let id, _): snapshotID = id
      case .query, .requestInstruments, .alert, .entryReport: break
      }
    }
  }
}
