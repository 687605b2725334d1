/// The kinds of fault that a world can meet, named after the catalogue. Each seed switches on some of them at some
/// strength.
public enum FaultClass: String, CaseIterable, Hashable, Sendable, Comparable, Codable, CodingKeyRepresentable {
  /// The private stream ends (ST01, ST02, ST14).
  case streamCut
  /// Socket and pings live on, user events do not come (ST03, ST04).
  case streamStall
  /// One event is never sent (ST05).
  case eventLoss
  /// Events come again (ST06).
  case eventCopies
  /// Events overtake each other or come seconds late (ST07, ST09, ST11).
  case eventDelay
  /// A request never arrives (RS17).
  case requestLoss
  /// A request is executed and its reply never comes (RS01).
  case replyLoss
  /// 5xx, executed or not (RS02).
  case serverError
  /// Requests and replies take seconds; some arrive when their window is over (RS01, PR05).
  case slowRequests
  /// 429 and 418 (RS04).
  case throttle
  /// Reads see the account as it was some time ago (RS06, RS09, ST10).
  case staleReads
  /// Reads fail, so that snapshots are partial (RS08, RS11).
  case failedReads
  /// The process dies between any two effects and starts again (PR01, PR02, PR03).
  case crash
  /// The database is away (DB01, DB02).
  case mirrorDown
  /// The database lags, so that a crash loses more (DB04, DB09).
  case mirrorLag
  /// Our clock is off (RS05, PR06).
  case clockSkew
  /// The venue ends a leg on its own (OL14, OL15).
  case legLoss
  /// A triggered order expires unfilled or never goes to work (OL12, OL13).
  case triggerFailure
  /// The market closes for a while (OL33).
  case marketClosed
  /// Filters change under live orders (OL34).
  case filterChange
  /// Connections are replaced while they live (ST12); some end at once, as with `serverShutdown`.
  case rotation
  /// Something in between answers instead of the venue: a page, 403 (RS14).
  case blockedPage
  /// Two guardians believe that they hold the lease (PR04, PR05).
  case twoWriters
  /// Orders that ended unfilled are soon in no reading any more (RS15).
  case retention
  /// An order that stands is in no answer for a moment (RS06, RS09).
  case forgottenOrder

  public static func < (a: Self, b: Self) -> Bool { a.index < b.index }
  private var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Those that came later; the first draws of a seed know nothing of them.
  static let secondEdition: [FaultClass] = [.rotation, .blockedPage, .twoWriters, .retention]
  static let fourthEdition: [FaultClass] = [.forgottenOrder]
  static let firstEdition = allCases.filter { !secondEdition.contains($0) && !fourthEdition.contains($0) }

  /// What happens at the venue may be known late, or by one of two guardians only.
  var delaysNews: Bool {
    switch self {
    case .triggerFailure, .filterChange, .marketClosed, .mirrorDown, .mirrorLag, .eventCopies: false
    default: true
    }
  }

  /// Requests do not arrive, or their replies do not.
  var hindersRequests: Bool {
    switch self {
    case .requestLoss, .replyLoss, .serverError, .slowRequests, .throttle, .marketClosed, .blockedPage: true
    default: false
    }
  }

  /// It strikes one symbol and leaves the others alone.
  var strikesOneSymbol: Bool {
    switch self {
    case .legLoss, .triggerFailure, .marketClosed, .filterChange, .forgottenOrder: true
    default: false
    }
  }

  /// It strikes at a moment, and the moment can be chosen.
  var isAimable: Bool { World.striking.contains(self) }

  /// A fact may be hidden until a sweep finds it, or two sweeps agree that it is in no reading any more.
  var hidesEvents: Bool { self == .eventLoss || self == .streamStall || self == .retention }
}

/// What others do with the account beside the entries of the bot.
public enum ActorClass: String, CaseIterable, Hashable, Sendable, Codable {
  /// The bot enters again while it holds (OL23).
  case scaleIn
  /// The bot cancels everything on the symbol (OL18).
  case cancelAll
  /// The bot, or a human, sells by hand (OL19, OL20).
  case manualSell
  /// A human cancels one of our legs (OL17).
  case cancelLeg
  /// The bot places stops of its own (OL25).
  case ownStops
  /// The bot rests a SELL limit that holds base (R52).
  case ownLimits
  /// Deposits and withdrawals of the base asset (OL22).
  case transfers
  /// The bot enters through Backstop (layer 3).
  case directEntries
  /// The operator stops the guardian in order and starts it again (PR11).
  case restarts
  /// The operator changes the bracket rules while lots are open.
  case reloads
  /// The operator pauses the guardian and resumes it.
  case pauses
  /// The operator flattens, unfreezes, wants a sweep.
  case flattens
  /// A human makes one of our legs smaller; the venue may give it another client id (OL16).
  case amendLeg
  /// Another product locks free base, and gives it back (OL22).
  case locks
  /// Fees of other trades take the discount coin away (OL04).
  case feeDebits
  /// The bot enters with an order list whose exit legs wait for the entry (OTOCO, OL21).
  case ownLists
  /// The bot places stops that sell at a limit, which the market leaves behind (OL11).
  case ownStopLimits
  /// The bot names brackets of its own for its entries, before they are placed or while their lots are open (layer 3).
  case ownBrackets

  static let secondEdition: [ActorClass] = [
    .restarts, .reloads, .pauses, .flattens, .amendLeg, .locks, .feeDebits, .ownLists, .ownStopLimits,
  ]
  static let fifthEdition: [ActorClass] = [.ownBrackets]
  static let firstEdition = allCases.filter { !secondEdition.contains($0) && !fifthEdition.contains($0) }

  /// It asks something of the guardian itself, whatever the symbol.
  var isOperator: Bool {
    switch self {
    case .restarts, .reloads, .pauses: true
    default: false
    }
  }
}
