import Trading

/// When a trade was made: trades of one moment are in the order of their numbers.
struct TradeMoment: Hashable, Comparable, Sendable {
  var time: Timestamp
  var trade: TradeID

  static func < (a: Self, b: Self) -> Bool { a.time == b.time ? a.trade < b.trade : a.time < b.time }
}

extension TradeMoment {
  /// Before every trade of that moment.
  init(startOf time: Timestamp) { self.init(time: time, trade: 0) }
}

extension Fill {
  var moment: TradeMoment { TradeMoment(time: venueTime, trade: tradeID) }
}
