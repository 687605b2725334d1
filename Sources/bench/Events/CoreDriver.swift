import Reconciler
import Trading
import Venue

/// Holds one core and answers what it asks of its venue, outside of what is timed.
struct CoreDriver {
  private(set) var core = AccountCore(policy: PreparedCore.policy)
  private var now = Instant(nanoseconds: 1_000_000_000)
  private var wanted: [(id: Int64, scope: SnapshotScope)] = []
  private(set) var commands: [(id: Int64, command: VenueCommand)] = []
  private(set) var snapshotRequests = 0
  private(set) var queries = 0
  /// Everything that came out, counted so that no work can be left out as useless.
  private(set) var effectCount = 0

  init(_ instruments: [Instrument], mirror: MirrorState? = nil) {
    feed(.instruments(instruments))
    feed(.restored(mirror))
    feed(.streamOpened(epoch: 1))
  }

  mutating func feed(_ input: Input) {
    now = now + .microseconds(10)
    for effect in core.handle(input, at: now) {
      effectCount += 1
      switch effect {
      case .send(let id, let command, _): commands.append((id, command))
      case .requestSnapshot(let id, let scope):
        wanted.append((id, scope))
        snapshotRequests += 1
      case .query: queries += 1
      case .requestInstruments, .setTimer, .cancelTimer, .record, .alert, .entryReport: break
      }
    }
  }

  mutating func takeCommand() -> (id: Int64, command: VenueCommand)? {
    commands.isEmpty ? nil : commands.removeFirst()
  }

  mutating func advance(_ duration: Duration) { now = now + duration }

  /// Answers every outstanding wish for a snapshot with the same reading.
  mutating func answerSnapshots(
    at venueTime: Timestamp, balances: [Balance], orders: [Order] = [], fills: [Symbol: [Fill]] = [:]
  ) {
    while !wanted.isEmpty {
      let (id, scope) = wanted.removeFirst()
      let histories = scope.histories.map { request in
        let new = (fills[request.symbol] ?? []).filter { $0.tradeID >= request.fromTradeID ?? 0 }
        return SymbolHistory(request: request, orders: [], fills: new, isComplete: true)
      }
      let snapshot = VenueSnapshot(
        requestedAt: now, venueTimeAtStart: venueTime, balances: balances, openOrders: orders, histories: histories)
      feed(.snapshot(id: id, snapshot))
    }
  }

  /// Asks for a full reading now, as the sweep's timer would.
  mutating func requestSweep() { feed(.request(.sweep)) }
}
