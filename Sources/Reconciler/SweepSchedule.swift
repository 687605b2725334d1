import Trading
import Venue

/// When the venue is read next, and what of it: layer 2's memory.
struct SweepSchedule: Sendable {
  /// Symbol histories read in one snapshot at the most; each costs 40 of the venue's 6000 weight a minute. The rest
  /// waits its turn.
  static let historiesMax = 10

  /// How long a reading may take at the least before it counts as failed: answers come within half a second, and each
  /// further second is naked time when one is lost.
  static let patienceLeast: Duration = .seconds(2)

  /// A reading may show the account as it was this long ago (faults RS06, RS09).
  static let replicaLagMost: Duration = .seconds(10)

  var outstanding: Outstanding?
  /// The first wish that came while a snapshot was outstanding: what is read next serves them all.
  var again: String?
  var lastComplete: Instant?
  /// Venue time of the last complete reading.
  var readThroughAll: Timestamp?
  /// Venue time of the first reading of this life: only what is older can an earlier life have protected or sold.
  var readFirst: Timestamp?
  /// What the last complete reading took.
  var lastDuration: Duration = .zero
  /// Full readings that are wanted at certain times, the next one first: after the first complete reading of a life,
  /// and after each opening of the stream, another one when no replica can show what was before it.
  private(set) var looks: [Instant] = []
  /// Looks that are remembered; the latest of them stands for any more.
  static let looksMax = 8
  var nextFull: Instant?
  var nextPrice: Instant?
  var failures = 0

  /// Newest own trade per symbol whose predecessors are all known.
  var cursors: [Symbol: TradeID] = [:]
  /// Venue time up to which a symbol's orders have been read completely.
  var readThrough: [Symbol: Timestamp] = [:]
  /// Where to start on a symbol without a cursor, when earlier than `protectedSince`.
  var floors: [Symbol: Timestamp] = [:]
  /// Symbols of which something was heard that is older than what was read: it may have sold what lots hold. Not so
  /// where only the fills of a known order are missing.
  private(set) var unreadPasts: Set<Symbol> = []
  /// Symbols whose history this life has read: before that it knows of their past what the mirror remembers.
  var historiesRead: Set<Symbol> = []
  /// Symbols whose history must be read: after a gap, or because the wallet and the fills disagree.
  var wantedHistories: Set<Symbol> = []
  /// Symbols whose history is read once more at a time when no replica can show what was before.
  private(set) var rechecks: [Symbol: Instant] = [:]
  /// Assets whose wallet total no known fill explains, and the histories that have not been read since.
  var drifts = KeyTable<Asset, Drift>()
  /// Assets whose pushed total no known fill explains, and when that is to be looked into: the fill's own event may be
  /// a moment behind.
  var doubts: [Asset: Instant] = [:]
  /// Assets whose pushed total is more than the known fills explain, and since when.
  var surpluses: [Asset: Instant] = [:]
  /// The fill behind a surplus is heard of by then, or the histories have been read for it.
  static let surplusCounts: Duration = .seconds(10)
  /// Assets whose difference is believed to be a transfer, and when that can be told from a trade that a lagging
  /// replica hid.
  var unwrittenResiduals: [Asset: Instant] = [:]
  /// Last sampled prices.
  var prices = KeyTable<Symbol, SymbolView.SampledPrice>()
  /// Open orders that a snapshot did not show: how often a targeted query said absent, and since when.
  var absences: [OrderKey: Absence] = [:]

  /// Take-profits of ours that readings show without their stops, of which we know nothing.
  var alone: [OrderKey: Absence] = [:]

  /// Wants a symbol's history, on a symbol without a cursor from `time` on at the latest.
  mutating func wantHistory(of symbol: Symbol, from time: Timestamp) {
    floors[symbol] = min(floors[symbol] ?? time, time)
    unreadPasts.insert(symbol)
    wantedHistories.insert(symbol)
  }

  /// A symbol's history was read from where it was wanted from.
  mutating func haveRead(_ symbol: Symbol) {
    historiesRead.insert(symbol)
    wantedHistories.remove(symbol)
    unreadPasts.remove(symbol)
    floors[symbol] = nil
  }

  /// Whether a symbol's past is still to be read.
  func awaitsPast(of symbol: Symbol) -> Bool {
    wantedHistories.contains(symbol) && (unreadPasts.contains(symbol) || !historiesRead.contains(symbol))
  }

  /// Another full reading, no sooner than that.
  mutating func lookAgain(at instant: Instant) {
    guard !looks.contains(instant) else { return }
    looks.append(instant)
    looks.sort()
    if looks.count > Self.looksMax { looks.remove(at: Self.looksMax - 1) }
  }

  /// What a lagging replica may have hidden, or shown as standing, was not looked at again yet.
  var awaitsLook: Bool { !looks.isEmpty }

  /// A complete reading that was begun then has been what was wanted until then.
  mutating func haveLooked(at instant: Instant) { looks.removeAll { $0 <= instant } }

  mutating func recheck(_ symbols: [Symbol], at instant: Instant) {
    for symbol in symbols { rechecks[symbol] = instant }
  }

  /// Whether a symbol's history is to be read, now or at a time.
  func isWanted(_ symbol: Symbol) -> Bool { wantedHistories.contains(symbol) || rechecks[symbol] != nil }

  /// Lets the histories be read whose time has come.
  mutating func wantRechecks(by now: Instant) {
    for (symbol, due) in rechecks where due <= now {
      wantedHistories.insert(symbol)
      rechecks[symbol] = nil
    }
  }

  struct Outstanding: Hashable, Sendable {
    var id: Int64
    var trigger: String
    var startedAt: Instant
    var scope: SnapshotScope
  }

  struct Drift: Hashable, Sendable {
    var since: Instant
    /// Wallet less fills. Another difference is another drift: something happened meanwhile.
    var difference: FixedDecimal
    var unread: Set<Symbol>
  }

  struct Absence: Hashable, Sendable {
    var first: Instant
    var last: Instant
    /// Since the first one the venue has refused to cancel or amend it as well: then the lock is somebody else's.
    var isRefused = false
    /// No replica is that late: whatever the wallet shows to be locked is another product's, or another order's.
    var isOld: Bool { last - first >= SweepSchedule.replicaLagMost }
  }
}
