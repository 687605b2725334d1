import PaperVenue
import Reconciler
import Trading
import Venue

/// One life of the guardian: the core and what its shell holds in memory. A crash forgets all of it.
struct GuardianProcess: Sendable {
  var core: AccountCore
  /// The generation of each timer that is set; an older one that fires is stale.
  var timers: [CoreTimer: UInt64] = [:]
  /// The connection that events and replies come on.
  var connection: Int?
  var calls: [UInt64: Call] = [:]
  /// A command was lost on the connection: the next one goes by REST, as the shell sends it.
  var avoidsSocket = false
  var readings: [Int64: Reading] = [:]
  var queriesOpen: Set<Int64> = []
  var lastGeneration: UInt64 = 0
  var openedAt = Instant(nanoseconds: 0)
  var hasAskedMirror = false
  /// The mirror is asked with the first instruments that come.
  var knowsInstruments: Bool { hasAskedMirror }
  /// It has been told what the mirror remembers; events before that wait.
  var isRestored = false
  /// The mirror could not be read at the start: it is read when the database is back.
  var lacksMirror = false
  /// Symbols whose base the wallet held nothing of when this life began, or at its first complete reading, by the
  /// venue's ledger: nothing but what events had told this life to be deposits.
  var flatAtStart: Set<Symbol> = []
  /// Σ of the transfers that events told this life of.
  private(set) var deposits: [Asset: FixedDecimal] = [:]

  /// An event told this life of a transfer, in or out.
  mutating func noteDeposit(of asset: Asset, _ delta: FixedDecimal) {
    deposits[asset] = (deposits[asset] ?? .zero) + delta
  }

  /// When its stream was cut, or could not be opened, if no other has opened since.
  var cutOffSince: Instant?
  var isCutOff: Bool { cutOffSince != nil }
  mutating func cutOff(at now: Instant) { cutOffSince = cutOffSince ?? now }
  /// Since when events tell this life everything: its stream has stood since then.
  var heardSince: Instant?
  /// The time of which events have told it everything, where their way takes no longer than `latency`.
  func heard(at now: Instant, latency: Duration) -> Range<Instant>? {
    guard let heardSince else { return nil }
    return heardSince..<max(heardSince, cutOffSince.map { $0 + (.zero - latency) } ?? now)
  }

  /// When this life began.
  var bornAt: Instant
  /// When this life was first given the whole history of a symbol.
  var historiesTold: [Symbol: Instant] = [:]
  /// When the newest history of a symbol that it was given was asked for.
  var historiesAsked: [Symbol: Instant] = [:]
  /// The time since that reading of which no event has told it, because its stream was down.
  func untold(_ symbol: Symbol, at now: Instant, latency: Duration) -> Range<Instant>? {
    guard let asked = historiesAsked[symbol] else { return nil }
    let heard = isCutOff ? heard(at: now, latency: latency)?.upperBound ?? asked : asked
    let until = isCutOff ? now : heardSince ?? now
    let since = max(asked, heard)
    return since < until ? since..<until : nil
  }
  /// A complete reading has been taken.
  var hasRead = false
}

/// A request on its way.
struct Call: Sendable {
  enum Question: Sendable {
    indirect case command(id: Int64, VenueCommand)
    indirect case query(id: Int64, OrderQuery)
    indirect case part(reading: Int64, Part)
    case instruments
  }

  /// A part of a snapshot.
  enum Part: Sendable {
    case account
    case openOrders
    case prices([Symbol])
    case orders(Int, HistoryRequest)
    case trades(Int, HistoryRequest)
  }

  var number: UInt64
  var incarnation: Int
  var question: Question
  /// `nil`: by REST.
  var connection: Int?
  var sentAt: Instant
  var timestamp: Timestamp
  var window: Duration?
}

enum Reply: Sendable {
  case paper(Result<PaperReply, PaperError>)
  case instruments([Instrument])
  case prices([Symbol: FixedDecimal])
}

/// A snapshot while its parts come in.
struct Reading: Sendable {
  var snapshot: VenueSnapshot
  var outstanding = 0
}

/// A private stream's connection, both ends.
struct Connection: Sendable {
  enum State: Hashable, Sendable {
    case opening
    case open
    /// Gone at the venue; the guardian may not know yet.
    case cut
    /// Forgotten by the guardian.
    case gone
  }

  let id: Int
  let incarnation: Int
  var state = State.opening
  /// User events are swallowed, everything else works (ST03).
  var isSilent = false
  /// Nothing passes in either direction (ST04).
  var isBlackhole = false
  var lastDelivery = Instant(nanoseconds: 0)
  var lastArrival = Instant(nanoseconds: 0)
}
