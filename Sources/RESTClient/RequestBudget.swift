public import Trading
public import Venue

/// One ledger of request weight for one host, shared by REST and the WebSocket API (binance.md §5: the limit counts per
/// IP). Pure: time comes in, decisions come out.
///
/// The venue's windows are fixed minutes of its own clock. Within one, what counts is the larger of what the venue last
/// said and what we know to have sent. Reads stop early so that protection never finds the minute used up, and after a
/// 429 or 418 nothing at all leaves before the time that the venue named (fault RS04).
public struct RequestBudget: Hashable, Sendable {
  public enum Decision: Hashable, Sendable {
    case go
    /// Ask again then; nothing was booked.
    case wait(until: Instant)
    case refuse(Refusal)
  }

  public enum Refusal: Hashable, Sendable, CustomStringConvertible {
    /// HTTP 418: the IP is banned. Every request makes it longer.
    case banned(until: Instant)
    /// No window ever has room for it.
    case tooHeavy(weight: Int, ceiling: Int)

    public var description: String {
      switch self {
      case .banned: "the venue has banned this IP for now; nothing is sent before the ban ends"
      case .tooHeavy(let weight, let ceiling): "the request weighs \(weight), more than the \(ceiling) it may ever use"
      }
    }
  }

  /// Percent of the limit that each purpose may use up to. The last quarter is for protection alone.
  public static let backgroundPercent = 50
  public static let reconcilePercent = 75
  /// The venue's clock and our idea of it differ a little; a request at the very start of a window could count in the
  /// old one.
  public static let windowSlack: Duration = .milliseconds(500)
  /// When a 429 or 418 names no time: the shortest ban that the venue gives (binance.md §5).
  public static let banDefault: Duration = .seconds(120)
  private static let windowMicroseconds: Int64 = 60_000_000

  /// Weight per minute.
  public private(set) var limit: Int
  private var window: Int64?
  /// Used in the present window: said by the venue, or answered without saying.
  private var counted = 0
  private var inFlight = 0
  private var limitedUntil: Instant?
  private var bannedUntil: Instant?

  public init(limit: Int) {
    precondition(limit > 0, "a budget needs a limit")
    self.limit = limit
  }

  /// Weight used in the window as far as we know, requests under way included.
  public var used: Int { counted + inFlight }

  /// The venue publishes its limit (`exchangeInfo`); ignored when it is not positive.
  public mutating func setLimit(_ limit: Int) {
    if limit > 0 { self.limit = limit }
  }

  /// May a request leave now? `.go` books its weight; `settle` must follow with the returned booking.
  ///
  /// - Parameter venueTime: our best idea of the venue's clock, for the minute only. Latches use `now`, which no step
  ///   of a calendar clock can move.
  public mutating func decide(
    weight: Int, purpose: HTTPRequest.Purpose, at now: Instant, venueTime: Timestamp
  ) -> (decision: Decision, booking: Booking) {
    roll(to: venueTime)
    let booking = Booking(weight: max(0, weight), window: window ?? 0)
    if let bannedUntil, now < bannedUntil { return (.refuse(.banned(until: bannedUntil)), booking) }
    if let limitedUntil, now < limitedUntil { return (.wait(until: limitedUntil), booking) }
    let ceiling = self.ceiling(for: purpose)
    guard booking.weight <= ceiling else {
      return (.refuse(.tooHeavy(weight: booking.weight, ceiling: ceiling)), booking)
    }
    guard used + booking.weight <= ceiling else { return (.wait(until: nextWindow(now, venueTime)), booking) }
    inFlight += booking.weight
    return (.go, booking)
  }

  /// A request of which `decide` said `.go` has ended.
  ///
  /// - Parameters:
  ///   - usedWeight: the venue's own count, when the answer had it.
  ///   - wasSent: `false` gives the weight back.
  public mutating func settle(_ booking: Booking, usedWeight: Int?, wasSent: Bool, venueTime: Timestamp) {
    inFlight = max(0, inFlight - booking.weight)
    roll(to: venueTime)
    // An answer that crossed the minute counts the old window; booked into the new one it would silence us for nothing.
    guard wasSent, booking.window == window else { return }
    if let usedWeight { note(usedWeight: usedWeight) } else { counted += booking.weight }
  }

  /// The venue's count as another way (the WebSocket API) saw it. Answers overtake each other, so it never lowers ours.
  public mutating func note(usedWeight: Int, venueTime: Timestamp) {
    roll(to: venueTime)
    note(usedWeight: usedWeight)
  }

  /// HTTP 429 or 418 on any way: nothing leaves before `retryAfter`.
  public mutating func noteRefusal(
    isBan: Bool, retryAfter: Duration?, at now: Instant, venueTime: Timestamp
  ) {
    roll(to: venueTime)
    if isBan {
      let until = now + max(.seconds(1), retryAfter ?? Self.banDefault)
      bannedUntil = max(bannedUntil ?? until, until)
    } else {
      let until = retryAfter.map { now + max(.seconds(1), $0) } ?? nextWindow(now, venueTime)
      limitedUntil = max(limitedUntil ?? until, until)
    }
  }

  /// When the latch of a 429 or 418 opens; `nil` when none is shut.
  public func latchedUntil(at now: Instant) -> Instant? {
    [limitedUntil, bannedUntil].compactMap { $0 }.filter { $0 > now }.max()
  }

  /// What `settle` needs to know of a request.
  public struct Booking: Hashable, Sendable {
    let weight: Int
    let window: Int64
  }

  private func ceiling(for purpose: HTTPRequest.Purpose) -> Int {
    switch purpose {
    case .background: limit * Self.backgroundPercent / 100
    case .reconcile: limit * Self.reconcilePercent / 100
    case .protect: limit
    }
  }

  private mutating func note(usedWeight: Int) { counted = max(counted, usedWeight) }

  private mutating func roll(to venueTime: Timestamp) {
    let current = venueTime.microseconds / Self.windowMicroseconds
    // When the clock was corrected backwards nothing proves that the venue has forgotten anything.
    if let window, current > window { counted = 0 }
    window = current
  }

  private func nextWindow(_ now: Instant, _ venueTime: Timestamp) -> Instant {
    let rest = Self.windowMicroseconds - venueTime.microseconds % Self.windowMicroseconds
    return now + .microseconds(rest) + Self.windowSlack
  }
}
