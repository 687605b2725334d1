public import Trading

/// The venue's rate limits (binance.md §5): request weight per minute and address, unfilled orders per account, in
/// windows that are aligned to the clock. A component of its own: a world that does not want limits has none.
public struct RequestMeter: Sendable {
  public static let weightPerMinute = 6000
  public static let ordersPerTenSeconds = 100
  public static let ordersPerDay = 200_000
  /// Requests sent while over the limit until the address is banned.
  static let offencesUntilBan = 50
  static let banDuration = Duration.seconds(120)

  public var weightMax = Self.weightPerMinute
  public var ordersPerTenSecondsMax = Self.ordersPerTenSeconds
  public var ordersPerDayMax = Self.ordersPerDay

  private var minute: Int64 = -1
  private var weight = 0
  private var offences = 0
  private var bannedUntil: Timestamp?
  private var orders: [(account: AccountID, tenSeconds: Int64, inTen: Int, day: Int64, inDay: Int)] = []

  public init() {}

  /// Charges `weight` and refuses with 429 when the minute is used up, with 418 when the caller goes on regardless.
  public mutating func charge(_ weight: Int, at now: Timestamp) -> PaperError? {
    if let until = bannedUntil {
      if now < until { return banned(until, now) }
      bannedUntil = nil
    }
    roll(now)
    self.weight += weight
    guard self.weight > weightMax else { return nil }
    offences += 1
    if offences > Self.offencesUntilBan {
      let until = now + Self.banDuration
      bannedUntil = until
      return banned(until, now)
    }
    return .tooMuchWeight(limit: weightMax, retryAfterSeconds: Int(60 - now.milliseconds / 1000 % 60))
  }

  /// Takes back the weight of a write that succeeded: those are free since 2026-04-02.
  public mutating func refund(_ weight: Int, at now: Timestamp) {
    roll(now)
    self.weight = Swift.max(0, self.weight - weight)
  }

  public mutating func usedWeight(at now: Timestamp) -> Int {
    roll(now)
    return weight
  }

  /// Counts `count` new orders of an account, or refuses with -1015.
  public mutating func countOrders(_ count: Int, of account: AccountID, at now: Timestamp) -> PaperError? {
    let index = row(account, now)
    if orders[index].inTen + count > ordersPerTenSecondsMax {
      return .tooManyOrders(
        limit: ordersPerTenSecondsMax, interval: "10 SECOND", retryAfterSeconds: Int(10 - now.milliseconds / 1000 % 10))
    }
    if orders[index].inDay + count > ordersPerDayMax {
      return .tooManyOrders(
        limit: ordersPerDayMax, interval: "1 DAY", retryAfterSeconds: Int(86_400 - now.milliseconds / 1000 % 86_400))
    }
    orders[index].inTen += count
    orders[index].inDay += count
    return nil
  }

  /// Takes orders back off the count, for a venue where refused placements do not count.
  public mutating func uncountOrders(_ count: Int, of account: AccountID, at now: Timestamp) {
    let index = row(account, now)
    orders[index].inTen = Swift.max(0, orders[index].inTen - count)
    orders[index].inDay = Swift.max(0, orders[index].inDay - count)
  }

  /// The first fill of an order gives credit back.
  public mutating func creditFill(of account: AccountID, isMaker: Bool, at now: Timestamp) {
    let index = row(account, now)
    let credit = isMaker ? 5 : 1
    orders[index].inTen = Swift.max(0, orders[index].inTen - credit)
    orders[index].inDay = Swift.max(0, orders[index].inDay - credit)
  }

  /// Unfilled orders counted in the current ten seconds and in the current day.
  public mutating func orderCounts(of account: AccountID, at now: Timestamp) -> (tenSeconds: Int, day: Int) {
    let index = row(account, now)
    return (orders[index].inTen, orders[index].inDay)
  }

  private mutating func roll(_ now: Timestamp) {
    let current = now.milliseconds / 60_000
    guard current != minute else { return }
    minute = current
    weight = 0
    offences = 0
  }

  private mutating func row(_ account: AccountID, _ now: Timestamp) -> Int {
    let ten = now.milliseconds / 10_000
    let day = now.milliseconds / 86_400_000
    guard let index = orders.firstIndex(where: { $0.account == account }) else {
      orders.append((account, ten, 0, day, 0))
      return orders.count - 1
    }
    if orders[index].tenSeconds != ten { (orders[index].tenSeconds, orders[index].inTen) = (ten, 0) }
    if orders[index].day != day { (orders[index].day, orders[index].inDay) = (day, 0) }
    return index
  }

  private func banned(_ until: Timestamp, _ now: Timestamp) -> PaperError {
    .banned(
      untilMilliseconds: until.milliseconds,
      retryAfterSeconds: Int(Swift.max(1, (until - now).wholeMilliseconds / 1000)))
  }
}

extension PaperRequest {
  /// Request weight (binance.md §4).
  public var weight: Int {
    switch self {
    case .place, .placeList, .cancel, .cancelList, .cancelAll, .cancelReplace, .test: 1
    case .amend, .order, .list, .amendments: 4
    case .openLists: 6
    case .openOrders(let symbol): symbol == nil ? 80 : 6
    case .trades(let query): query.orderID == nil ? 20 : 5
    case .allOrders, .allLists, .account: 20
    }
  }

  /// The weight comes back when the request succeeds.
  public var isFreeOnSuccess: Bool {
    switch self {
    case .place, .placeList, .cancel, .cancelList, .cancelAll, .cancelReplace: true
    case .amend, .order, .list, .amendments, .openLists, .openOrders, .trades, .allOrders, .allLists, .account, .test:
      false
    }
  }

  /// What it adds to the unfilled-order count.
  public var orderCount: Int {
    switch self {
    case .place, .cancelReplace: 1
    case .placeList(let list): list.pending.count + (list.working == nil ? 0 : 1)
    case .cancel, .cancelList, .cancelAll, .amend, .order, .list, .amendments, .openLists, .openOrders, .trades,
      .allOrders,
      .allLists, .account, .test:
      0
    }
  }
}
