public import Trading

/// Everything that an operator decides about one account and that the core needs to know. A plain value: a reload
/// replaces it.
public struct ProtectionPolicy: Hashable, Sendable {
  public var account: AccountID
  public var environment: VenueEnvironment
  public var brackets: BracketPolicy
  /// Keys the tag that proves an order to be ours (fault SE08). Must survive restarts; never shown.
  public var tagKey: TagKey
  /// `false`: watch, plan and record, and send nothing.
  public var isArmed: Bool
  /// On the very first start, entries filled this long ago are taken under protection as well.
  public var adoptWindow: Duration
  /// Whether `CrossedStopPolicy.exit` may sell at market; `false` turns it into an alert.
  public var allowsExit: Bool
  public var risk: RiskLimits
  public var timing: ProtectionTiming

  public init(
    account: AccountID, environment: VenueEnvironment, brackets: BracketPolicy = BracketPolicy(), tagKey: TagKey,
    isArmed: Bool = true, adoptWindow: Duration = .seconds(86_400), allowsExit: Bool = true,
    risk: RiskLimits = RiskLimits(), timing: ProtectionTiming = ProtectionTiming()
  ) {
    self.account = account
    self.environment = environment
    self.brackets = brackets
    self.tagKey = tagKey
    self.isArmed = isArmed
    self.adoptWindow = adoptWindow
    self.allowsExit = allowsExit
    self.risk = risk
    self.timing = timing
  }
}

/// 128 secret bits.
public struct TagKey: Hashable, Sendable, CustomStringConvertible {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public var description: String { "TagKey(redacted)" }
}

/// Gates in front of entries that a bot places through Backstop (layer 3). Zero or empty = no such gate.
public struct RiskLimits: Hashable, Sendable {
  /// Most quote value of one entry.
  public var orderNotionalMax: FixedDecimal
  /// Most quote value of all open lots of the entry's quote asset together, the new one included.
  public var openNotionalMax: FixedDecimal
  /// Symbols that may be entered; empty = all.
  public var symbols: [Symbol]

  public init(orderNotionalMax: FixedDecimal = .zero, openNotionalMax: FixedDecimal = .zero, symbols: [Symbol] = []) {
    self.orderNotionalMax = orderNotionalMax
    self.openNotionalMax = openNotionalMax
    self.symbols = symbols
  }
}

/// The core's clockwork; the defaults are faults.md §0's budgets.
public struct ProtectionTiming: Hashable, Sendable {
  /// An unanswered command is queried after this (T_unk); then after twice, four times this.
  public var queryAfter: Duration = .milliseconds(400)
  /// Validity of a protective request at the venue: what arrives later is refused there (fault PR05), so absence can be
  /// proven.
  public var receiveWindow: Duration = .milliseconds(1500)
  /// Clock difference to allow for on top of `receiveWindow` before a request counts as dead.
  public var skewAllowance: Duration = .milliseconds(1000)
  /// Two answers "absent" must be this far apart to be believed.
  public var absenceInterval: Duration = .milliseconds(1000)
  /// A sweep while positions are exposed and the stream is proven.
  public var sweepExposed: Duration = .seconds(15)
  /// A sweep when nothing is exposed.
  public var sweepIdle: Duration = .seconds(30)
  /// A sweep while positions are exposed and the stream is down or suspect (T_hot).
  public var sweepUnproven: Duration = .seconds(2)
  /// After this a snapshot that never came back counts as failed.
  public var snapshotDeadline: Duration = .seconds(10)
  /// How long the pieces of a market entry's fill are waited for, so that they are covered together.
  public var entrySettling: Duration = .milliseconds(25)
  /// A difference in the books younger than this may still be explained by an event on its way.
  public var settlingWindow: Duration = .milliseconds(1000)
  /// A wallet figure that no fill explains is believed after this, with every history read since.
  public var driftPatience: Duration = .seconds(2)
  /// Without a stream, a complete reading is believed for this long; then coverage is shown as unknown (promise I8).
  public var knownFor: Duration = .seconds(30)
  /// Naked longer than this raises an alert (T1).
  public var nakedAlertAfter: Duration = .seconds(5)
  /// A triggered stop that has not filled for this long protects nothing (faults OL11, OL13).
  public var triggerPatience: Duration = .seconds(1)
  /// First wait after a refusal; doubles up to `retryMax`.
  public var retryFirst: Duration = .milliseconds(250)
  public var retryMax: Duration = .seconds(60)
  /// The longest wait while the way to the venue or the venue itself is blocked: cover follows the healing by this
  /// (T2).
  public var retryMaxWhenBlocked: Duration = .seconds(2)
  /// Whether a closed market has opened, or a limit was raised, is asked this often while something waits for it
  /// (faults OL33, OL34).
  public var marketProbe: Duration = .seconds(2)
  /// Filters are read again this often (fault OL34).
  public var instrumentRefresh: Duration = .seconds(600)
  /// From this many identical repairs inside `duelWindow` on they are paced: one each `duelPace` (fault OL26).
  public var identicalRepairsMax = 3
  public var duelWindow: Duration = .seconds(60)
  public var duelPace: Duration = .seconds(10)

  public init() {}
}
