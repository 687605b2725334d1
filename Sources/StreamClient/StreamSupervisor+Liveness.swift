import Trading
import Venue

// What messages and silences mean: proof, suspicion, loss, replacement.
extension StreamSupervisor {
  mutating func judge(_ id: LinkID, _ verdict: StreamVerdict, at now: Instant, into actions: inout [Action]) {
    guard update(id, { $0.lastHeard = now }) else { return }
    switch verdict {
    case .ready: ready(id, at: now, into: &actions)
    case .event, .proven: proven(id, at: now, into: &actions)
    case .subscriptionLost(let reason): subscriptionLost(id, reason, at: now, into: &actions)
    case .shuttingDown:
      if primary?.id == id {
        wantRotation(.venueShutsDown, at: now)
      } else {
        fail(id, .subscriptionLost("the venue shuts down"), isClosed: false, at: now, into: &actions)
      }
    case .refused(let reason, let isFatal):
      fail(id, .refusedByVenue(reason, isFatal: isFatal), isClosed: false, at: now, into: &actions)
    case .reply, .progress, .unknown: break
    }
  }

  private mutating func ready(_ id: LinkID, at now: Instant, into actions: inout [Action]) {
    var becameLive = false
    let jitter = Int64.random(in: 0...max(1, timings.rotationJitter.wholeNanoseconds), using: &entropy)
    update(id) { [timings] link in
      guard link.phase == .subscribing else { return }
      becameLive = true
      link.phase = .live
      link.liveSince = now
      link.isDoubted = false
      link.rotateAt = link.rotateAt ?? now + timings.rotation + .nanoseconds(-jitter)
      link.ping = StreamLink.Watchdog(nextAt: now + timings.pingInterval)
      link.probe = StreamLink.Watchdog(nextAt: now + timings.probeInterval)
    }
    guard becameLive else { return }
    if primary?.id == id {
      beginEpoch(isContinuous: false, into: &actions)
    } else {
      // Proof before trust: the first connection goes only when the second has answered.
      update(id) { [timings] in $0.probe.ask(at: now, deadline: timings.probeDeadline) }
      actions.append(.probe(id))
    }
  }

  private mutating func proven(_ id: LinkID, at now: Instant, into actions: inout [Action]) {
    var wasSuspect = false
    var isSuspect = false
    var isLive = false
    update(id) { [timings] link in
      guard link.phase == .live else { return }
      isLive = true
      wasSuspect = link.isSuspect
      link.isProven = true
      _ = link.probe.answer(at: now, interval: timings.probeInterval)
      isSuspect = link.isSuspect
    }
    guard isLive else { return }
    if candidate?.id == id { return promote(at: now, into: &actions) }
    if wasSuspect && !isSuspect { regainTrust(into: &actions) }
  }

  mutating func pong(_ id: LinkID, at now: Instant, into actions: inout [Action]) {
    var regained = false
    update(id) { [timings] link in
      link.lastHeard = now
      guard link.phase == .live else { return }
      regained = link.ping.answer(at: now, interval: timings.pingInterval) && !link.isSuspect
    }
    if regained && primary?.id == id { regainTrust(into: &actions) }
  }

  private mutating func regainTrust(into actions: inout [Action]) {
    actions.append(.report(.trusted(epoch: epoch)))
    // A replacement that is not under way yet is no longer needed.
    if candidate == nil, case .suspicion? = rotation?.reason { rotation = nil }
  }

  mutating func doubt(_ reason: String, at now: Instant, into actions: inout [Action]) {
    guard primary?.phase == .live else { return }
    primary?.isDoubted = true
    suspect(.doubted(reason), at: now, into: &actions)
  }

  private mutating func suspect(
    _ reason: StreamReport.Suspicion, at now: Instant, into actions: inout [Action]
  ) {
    actions.append(.report(.suspect(epoch: epoch, reason: reason)))
    wantRotation(.suspicion(reason), at: now)
  }

  /// The subscription ended while the socket lives (fault ST14): once per socket it is made anew there, which is the
  /// fastest way back; a second time the socket goes.
  private mutating func subscriptionLost(
    _ id: LinkID, _ reason: String, at now: Instant, into actions: inout [Action]
  ) {
    guard let link = primary, link.id == id, link.phase == .live, link.reopenings == 0, candidate == nil else {
      return fail(id, .subscriptionLost(reason), isClosed: false, at: now, into: &actions)
    }
    actions.append(.report(.lost(epoch: epoch, .subscriptionLost(reason))))
    update(id) { [timings] link in
      link.phase = .subscribing
      link.reopenings += 1
      link.openingDeadline = now + timings.opening
      link.isProven = false
    }
    actions.append(.subscribe(id))
  }

  /// The candidate has answered: it takes over, and the old connection goes on for the overlap.
  private mutating func promote(at now: Instant, into actions: inout [Action]) {
    guard let old = primary, let new = candidate else { return }
    if let earlier = retiring { actions.append(.close(earlier.id)) }
    retiring = (old.id, now + timings.overlap)
    primary = new
    candidate = nil
    rotation = nil
    failures = 0
    beginEpoch(isContinuous: !old.isSuspect, into: &actions)
  }

  // MARK: time

  mutating func watch(at now: Instant, into actions: inout [Action]) {
    guard isRunning else { return }
    if let due = retiring, due.closeAt <= now {
      retiring = nil
      actions.append(.close(due.id))
    }
    for id in [candidate?.id, primary?.id] {
      if let id { watch(id, at: now, into: &actions) }
    }
  }

  private mutating func watch(_ id: LinkID, at now: Instant, into actions: inout [Action]) {
    guard let link = primary?.id == id ? primary : candidate, link.dueAt <= now else { return }
    guard link.phase == .live else {
      let waited = link.phase == .connecting ? StreamError.Deadline.connecting : .opening
      return fail(id, .timeout(waited), isClosed: false, at: now, into: &actions)
    }
    if let rotateAt = link.rotateAt, rotateAt <= now, primary?.id == id {
      wantRotation(.age, at: now)
      update(id) { $0.rotateAt = nil }
    }
    guard watchPing(id, link, at: now, into: &actions) else { return }
    watchProbe(id, link, at: now, into: &actions)
  }

  /// Returns false when the link was lost.
  private mutating func watchPing(
    _ id: LinkID, _ link: StreamLink, at now: Instant, into actions: inout [Action]
  ) -> Bool {
    guard link.ping.dueAt <= now else { return true }
    guard link.ping.deadline != nil, let askedAt = link.ping.askedAt else {
      update(id) { [timings] in $0.ping.ask(at: now, deadline: timings.pongDeadline) }
      actions.append(.ping(id))
      return true
    }
    if link.lastHeard > askedAt {
      // No pong, but bytes flowed: not half-open (fault ST15). Counted from the last byte, so that a connection that
      // dies now is noticed as early as any other.
      update(id) { [timings] in _ = $0.ping.answer(at: $0.lastHeard, interval: timings.pingInterval) }
      if link.ping.missed > 0 && link.probe.missed == 0 && !link.isDoubted && primary?.id == id {
        regainTrust(into: &actions)
      }
      return true
    }
    guard link.ping.missed == 0 else {
      fail(id, .timeout(.pong), isClosed: false, at: now, into: &actions)
      return false
    }
    update(id) { [timings] link in
      link.ping.missed = 1
      link.ping.ask(at: now, deadline: timings.graceDeadline)
    }
    actions.append(.ping(id))
    // Not yet a replacement: one lost pong alone must not cost a connection.
    if primary?.id == id { actions.append(.report(.suspect(epoch: epoch, reason: .pongOverdue))) }
    return true
  }

  private mutating func watchProbe(
    _ id: LinkID, _ link: StreamLink, at now: Instant, into actions: inout [Action]
  ) {
    guard link.probe.dueAt <= now else { return }
    guard link.probe.deadline != nil else {
      update(id) { [timings] in $0.probe.ask(at: now, deadline: timings.probeDeadline) }
      actions.append(.probe(id))
      return
    }
    guard link.probe.missed == 0 else {
      return fail(id, .timeout(.probe), isClosed: false, at: now, into: &actions)
    }
    update(id) { [timings] link in
      link.probe.missed = 1
      link.probe.ask(at: now, deadline: timings.graceDeadline)
    }
    actions.append(.probe(id))
    if primary?.id == id { suspect(.probeOverdue, at: now, into: &actions) }
  }

  // MARK: loss

  mutating func fail(
    _ id: LinkID, _ error: StreamError, isClosed: Bool, at now: Instant, into actions: inout [Action]
  ) {
    if retiring?.id == id {
      retiring = nil
      if !isClosed { actions.append(.drop(id)) }
      return
    }
    if candidate?.id == id {
      candidate = nil
      if !isClosed { actions.append(.drop(id)) }
      failures += 1
      let wait = drawBackoff(after: error)
      if let reason = rotation?.reason { rotation = (reason, now + wait) }
      actions.append(.report(.retrying(error, wait: wait, failures: failures)))
      return
    }
    guard let lost = primary, lost.id == id else { return }
    if !isClosed { actions.append(.drop(id)) }
    if lost.phase == .live {
      actions.append(.report(.lost(epoch: epoch, error)))
      if let since = lost.liveSince, since + timings.stable <= now { failures = 0 }
    }
    primary = nil
    rotation = nil
    guard let next = candidate else {
      failures += 1
      let wait = drawBackoff(after: error)
      retryAt = now + wait
      actions.append(.report(.retrying(error, wait: wait, failures: failures)))
      return
    }
    // The replacement was already on its way; it need not prove itself against anything now.
    primary = next
    candidate = nil
    if next.phase == .live { beginEpoch(isContinuous: false, into: &actions) }
  }
}
