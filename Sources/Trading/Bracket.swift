/// What protection an entry shall carry: our intent, whether or not the venue links the orders.
public struct Bracket: Hashable, Sendable {
  /// `nil`: take-profit only.
  public var stop: Level?
  /// Empty: stop only. Shares sum to 1.
  public var takeProfits: [TakeProfit]
  public var onCrossedStop: CrossedStopPolicy
  public var takeProfitStyle: TakeProfitStyle

  public init(
    stop: Level?, takeProfits: [TakeProfit], onCrossedStop: CrossedStopPolicy = .exit,
    takeProfitStyle: TakeProfitStyle = .trigger
  ) {
    self.stop = stop
    self.takeProfits = takeProfits
    self.onCrossedStop = onCrossedStop
    self.takeProfitStyle = takeProfitStyle
  }

  /// The account default when the config names none: +1 % / +2 % / −1 %, 50/50.
  public static let standard = Bracket(
    stop: .percent("1"),
    takeProfits: [TakeProfit(.percent("1"), share: "0.5"), TakeProfit(.percent("2"), share: "0.5")]
  )

  /// Where a level lies: a distance from the entry's average price in percent, or a price.
  public enum Level: Hashable, Sendable {
    case percent(FixedDecimal)
    case price(FixedDecimal)
  }

  public struct TakeProfit: Hashable, Sendable {
    public var level: Level
    /// Part of the lot in (0, 1].
    public var share: FixedDecimal

    public init(_ level: Level, share: FixedDecimal) {
      self.level = level
      self.share = share
    }
  }
}

/// What to do when the price is already through the stop, so that the venue would refuse it: that *is* the exit (fault
/// OL07).
public enum CrossedStopPolicy: String, Hashable, Sendable, CaseIterable {
  /// Sell the uncovered quantity at market.
  case exit
  /// Put the stop just below the market.
  case clamp
  /// Only raise an alert.
  case alert
}

/// How a take-profit leg is expressed at the venue.
public enum TakeProfitStyle: String, Hashable, Sendable, CaseIterable {
  /// Trigger, then market: both legs end together, so a partial fill never strips the stop (fault OL10).
  case trigger
  /// A resting maker limit: cheaper fee and one algo slot less, but its first partial fill cancels the stop (race R3).
  case maker
}

extension Bracket {
  /// Why a bracket cannot be used; each names what to change.
  public enum Defect: Error, Hashable, Sendable, CustomStringConvertible {
    case empty
    case percentOutOfRange(FixedDecimal)
    case priceNotPositive(FixedDecimal)
    case shareOutOfRange(FixedDecimal)
    case sharesDoNotSumToOne(FixedDecimal)
    case stopOnWrongSide(stop: FixedDecimal, entry: FixedDecimal)
    case takeProfitOnWrongSide(takeProfit: FixedDecimal, entry: FixedDecimal)
    case tooManyTakeProfits(Int)

    public var description: String {
      switch self {
      case .empty: "the bracket has neither a stop nor a take-profit: give at least one"
      case .percentOutOfRange(let value): "\(value) % is out of range: use a percentage above 0 and below 100"
      case .priceNotPositive(let value): "price \(value) is not positive"
      case .shareOutOfRange(let value): "share \(value) is out of range: use a value above 0 and at most 1"
      case .sharesDoNotSumToOne(let sum): "the take-profit shares sum to \(sum): they must sum to 1"
      case .stopOnWrongSide(let stop, let entry):
        "stop \(stop) is not below the entry price \(entry) of a long position"
      case .takeProfitOnWrongSide(let target, let entry):
        "take-profit \(target) is not above the entry price \(entry) of a long position"
      case .tooManyTakeProfits(let count): "\(count) take-profits: at most \(Bracket.takeProfitsMax) are supported"
      }
    }
  }

  /// One tranche each; the tranche has one character in a leg's client order id, and the venue allows few algo orders
  /// anyway.
  public static let takeProfitsMax = 9

  /// The first thing wrong with the bracket itself, before any entry price is known.
  public var defect: Defect? {
    if stop == nil, takeProfits.isEmpty { return .empty }
    if takeProfits.count > Self.takeProfitsMax { return .tooManyTakeProfits(takeProfits.count) }
    for level in [stop].compactMap({ $0 }) + takeProfits.map(\.level) {
      switch level {
      case .percent(let value) where !value.isPositive: return .percentOutOfRange(value)
      case .percent(let value) where level == stop && value >= 100: return .percentOutOfRange(value)
      case .percent(let value) where value > 10_000: return .percentOutOfRange(value)
      case .price(let value) where !value.isPositive: return .priceNotPositive(value)
      case .percent, .price: continue
      }
    }
    for target in takeProfits where !target.share.isPositive || target.share > .one {
      return .shareOutOfRange(target.share)
    }
    let sum = takeProfits.reduce(FixedDecimal.zero) { $0 + $1.share }
    return takeProfits.isEmpty || sum == .one ? nil : .sharesDoNotSumToOne(sum)
  }

  /// The first thing wrong with the bracket for a long entry at `entry`.
  public func defect(longEntryAt entry: FixedDecimal) -> Defect? {
    if let defect { return defect }
    if case .price(let price)? = stop, price >= entry { return .stopOnWrongSide(stop: price, entry: entry) }
    for case .price(let price) in takeProfits.map(\.level) where price <= entry {
      return .takeProfitOnWrongSide(takeProfit: price, entry: entry)
    }
    return nil
  }
}

extension Bracket.Level {
  /// The price of a stop below `entry`.
  public func below(_ entry: FixedDecimal) -> FixedDecimal {
    switch self {
    case .price(let price): price
    case .percent(let value): entry - entry * value * "0.01"
    }
  }

  /// The price of a take-profit above `entry`.
  public func above(_ entry: FixedDecimal) -> FixedDecimal {
    switch self {
    case .price(let price): price
    case .percent(let value): entry + entry * value * "0.01"
    }
  }
}
