import PaperVenue
import Trading

/// Promise I1: how long something may be naked.
extension Referee {
  /// How long a part may be naked for these causes; `nil`: excused, only convergence counts.
  func bound(_ faults: [FaultClass], _ conditions: [Condition], _ since: Instant) -> Duration? {
    if conditions.contains(where: { $0.bound == nil }) || standing.contains(.paused) { return nil }
    if faults.isEmpty {
      // An end that the stream hid before anything was naked shows when the stop is counted on.
      if isBlind(at: since) { return Self.hiddenBound }
      // A start reads the mirror and the venue first: 2 s and a snapshot. What happens before its stream has opened is
      // told by no event.
      let isPlain = options.isFaultFree && startedAt + .seconds(1) <= since && conditions.isEmpty
      return (isPlain ? Self.faultFreeBound : Self.oneFaultBound) + queue(since: since)
    }
    guard faults.count == 1, let fault = faults.first, let strength = options.faults[fault], strength <= 200 else {
      return nil
    }
    guard let bound = ordinaryBound(fault, conditions, since) else { return nil }
    // What another fault has hidden shows when it is counted on.
    let isHidden = options.hidesActivation || isBlind(at: since, beside: fault)
    return (isHidden ? max(Self.hiddenBound, bound) : bound) + queue(since: since)
  }

  /// One write at a time: stops that are wiped out while others are being placed come on top of these, with a round
  /// trip each, and so does each piece beyond the usual number.
  private func queue(since: Instant) -> Duration {
    let pieces = max(0, writes(since: since) - Self.usualWrites)
    return options.latencyMost * (2 * (wiped.count { $0 >= since } + pieces))
  }

  private func ordinaryBound(_ fault: FaultClass, _ conditions: [Condition], _ since: Instant) -> Duration? {
    switch fault {
    case .throttle, .marketClosed, .clockSkew: return nil
    // A trigger that hangs is given up after a second, and what it held is sold.
    // Where an exit is sold in many pieces each may hang.
    // Where no event tells of triggers either, a sweep shows it.
    case .triggerFailure:
      if options.extras.hangingTriggers, options.variants.activationReport == .silent { return Self.hiddenBound }
      return Self.oneFaultBound * (options.extras.venue.contains(.smallMarketLots) ? 6 : 2)
    case .filterChange: return Self.oneFaultBound
    // Whoever answers instead of the venue is left alone for five seconds.
    case .blockedPage: return Self.oneFaultBound * 2
    case .eventLoss, .streamStall, .retention: return Self.hiddenBound
    // From when it is told.
    case .eventDelay: return World.eventDelayMost + Self.faultFreeBound
    // Room that one guardian makes the other takes: it is made again after four seconds.
    case .twoWriters: return Self.oneFaultBound * (conditions.contains(.slots) ? 2 : 1)
    // A first reading that lags hides what was bought before it, and shows stops that stand no longer: no event told of
    // either before the stream was open. The one that cannot lag so far corrects it (fault RS06).
    case .staleReads:
      return max(Self.oneFaultBound, startedAt + Self.lateBound + Self.oneFaultBound - max(since, startedAt))
    case .streamCut, .eventCopies, .requestLoss, .replyLoss, .serverError, .slowRequests, .failedReads, .crash,
      .mirrorDown, .mirrorLag, .legLoss, .rotation, .forgottenOrder:
      return Self.oneFaultBound
    }
  }
}
