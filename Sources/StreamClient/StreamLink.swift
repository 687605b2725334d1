import Trading

/// One connection as the supervisor sees it.
struct StreamLink: Sendable, Equatable {
  enum Phase: Sendable, Equatable {
    /// Name, TCP, TLS, handshake.
    case connecting
    /// The opening frames are out.
    case subscribing
    /// The subscription stands.
    case live
  }

  /// A question with a deadline, asked again and again.
  struct Watchdog: Sendable, Equatable {
    var nextAt: Instant
    /// When it was first asked since the last answer: bytes that came later are a sign of life.
    var askedAt: Instant?
    var deadline: Instant?
    var missed = 0

    var dueAt: Instant { deadline ?? nextAt }

    mutating func ask(at now: Instant, deadline: Duration) {
      askedAt = missed == 0 ? now : askedAt
      self.deadline = now + deadline
    }

    /// Returns whether an answer was overdue.
    mutating func answer(at now: Instant, interval: Duration) -> Bool {
      let wasOverdue = missed > 0
      missed = 0
      deadline = nil
      nextAt = now + interval
      return wasOverdue
    }
  }

  let id: LinkID
  var phase = Phase.connecting
  /// For the phases before `live`.
  var openingDeadline: Instant
  var liveSince: Instant?
  var rotateAt: Instant?
  var lastHeard: Instant
  var ping: Watchdog
  var probe: Watchdog
  /// A proof came after `live`: what a replacement needs before it takes over.
  var isProven = false
  var isDoubted = false
  /// Subscriptions that were made anew on this socket (fault ST14).
  var reopenings = 0

  init(id: LinkID, now: Instant, timings: StreamTimings) {
    self.id = id
    openingDeadline = now + timings.opening
    lastHeard = now
    ping = Watchdog(nextAt: now)
    probe = Watchdog(nextAt: now)
  }

  var isSuspect: Bool { isDoubted || ping.missed > 0 || probe.missed > 0 }

  /// When the supervisor must look at this connection again.
  var dueAt: Instant {
    switch phase {
    case .connecting, .subscribing: openingDeadline
    case .live: min(ping.dueAt, probe.dueAt, rotateAt ?? ping.dueAt)
    }
  }
}
