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

  public static func < (a: Self, b: Self) -> Bool { a.index < b.index }
  private var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// The stream may hide a fact until a sweep finds it.
  var hidesEvents: Bool { self == .eventLoss || self == .streamStall }
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
}
