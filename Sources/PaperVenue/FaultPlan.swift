public import Trading

/// The rules in force and what they have done so far. Drawing from it is its only way to change.
public struct FaultPlan: Sendable {
  public private(set) var rules: [FaultRule]
  /// Per rule: matches seen, and hits among them.
  public private(set) var counts: [(matches: Int, hits: Int)]
  var random: SeededRandom

  public init(_ rules: [FaultRule] = [], seed: UInt64 = 0) {
    self.rules = rules
    counts = rules.map { _ in (0, 0) }
    random = SeededRandom(seed: seed)
  }

  /// Adds a rule behind the others.
  public mutating func add(_ rule: FaultRule) {
    rules.append(rule)
    counts.append((0, 0))
  }

  /// Ends all faults at once: the world heals.
  public mutating func removeAll() {
    rules = []
    counts = []
  }

  /// Hits by rule name, in the order of the rules.
  public var hits: [(name: String, hits: Int)] { zip(rules, counts).map { ($0.name, $1.hits) } }

  /// Counts a match and says whether the rule hits it.
  private mutating func draws(_ index: Int, account: AccountID?, at now: Timestamp) -> Bool {
    let rule = rules[index]
    guard rule.isActive(at: now) else { return false }
    if let wanted = rule.account, let account, wanted != account { return false }
    if let most = rule.hitsMax, counts[index].hits >= most { return false }
    counts[index].matches += 1
    guard counts[index].matches > rule.skip, random.chance(perMille: rule.perMille) else { return false }
    counts[index].hits += 1
    return true
  }
}

// MARK: - Fates

/// What becomes of one event on one subscription.
enum EventFate {
  case drop
  case cut
  case terminate
  /// Sent after each of these delays; in-order lag is apart, because it holds back what follows.
  case send(after: [Duration], lag: Duration)
}

/// What becomes of a request before it is applied.
enum RequestFate {
  case lost
  case refused(PaperError)
  case arrives(after: Duration)
}

/// What becomes of the answer of an applied request.
enum ReplyFate {
  case sent(after: Duration)
  case replaced(PaperError)
  case lost
  case cut
}

extension FaultPlan {
  mutating func fate(of event: PaperEvent, at now: Timestamp) -> EventFate {
    guard !rules.isEmpty else { return .send(after: [.zero], lag: .zero) }
    var delay = Duration.zero
    var copies: [Duration] = []
    var lag = Duration.zero
    for index in rules.indices {
      switch rules[index].effect {
      case .dropEvents(let kinds):
        if matches(kinds, event.kind), draws(index, account: event.account, at: now) { return .drop }
      case .silenceStream:
        if draws(index, account: event.account, at: now) { return .drop }
      case .cutOnEvent(let kinds):
        if matches(kinds, event.kind), draws(index, account: event.account, at: now) { return .cut }
      case .terminateOnEvent(let kinds):
        if matches(kinds, event.kind), draws(index, account: event.account, at: now) { return .terminate }
      case .delayEvents(let kinds, let range):
        if matches(kinds, event.kind), draws(index, account: event.account, at: now) { delay += range.draw(&random) }
      case .duplicateEvents(let kinds, let range):
        if matches(kinds, event.kind), draws(index, account: event.account, at: now) {
          copies.append(range.draw(&random))
        }
      case .lagStream(let range):
        if draws(index, account: event.account, at: now) { lag += range.draw(&random) }
      case .refuseConnections, .loseRequests, .delayRequests, .refuse, .failBeforeApply, .failAfterApply, .loseReplies,
        .cutReplies, .delayReplies, .staleReads, .frozenReads, .ban, .throttle, .skewClock:
        break
      }
    }
    return .send(after: [delay] + copies.map { delay + $0 }, lag: lag)
  }

  mutating func fate(of kind: RequestKind, account: AccountID, at now: Timestamp) -> RequestFate {
    var delay = Duration.zero
    for index in rules.indices {
      switch rules[index].effect {
      case .loseRequests(let kinds):
        if matches(kinds, kind), draws(index, account: account, at: now) { return .lost }
      case .refuse(let kinds, let error), .failBeforeApply(let kinds, let error):
        if matches(kinds, kind), draws(index, account: account, at: now) { return .refused(error) }
      case .delayRequests(let kinds, let range):
        if matches(kinds, kind), draws(index, account: account, at: now) { delay += range.draw(&random) }
      case .ban, .throttle:
        if draws(index, account: account, at: now) { return .refused(limitError(rules[index], at: now)) }
      case .dropEvents, .delayEvents, .duplicateEvents, .lagStream, .silenceStream, .cutOnEvent, .terminateOnEvent,
        .refuseConnections, .failAfterApply, .loseReplies, .cutReplies, .delayReplies, .staleReads, .frozenReads,
        .skewClock:
        break
      }
    }
    return .arrives(after: delay)
  }

  mutating func replyFate(of kind: RequestKind, account: AccountID, at now: Timestamp) -> ReplyFate {
    var delay = Duration.zero
    for index in rules.indices {
      switch rules[index].effect {
      case .failAfterApply(let kinds, let error):
        if matches(kinds, kind), draws(index, account: account, at: now) { return .replaced(error) }
      case .loseReplies(let kinds):
        if matches(kinds, kind), draws(index, account: account, at: now) { return .lost }
      case .cutReplies(let kinds):
        if matches(kinds, kind), draws(index, account: account, at: now) { return .cut }
      case .delayReplies(let kinds, let range):
        if matches(kinds, kind), draws(index, account: account, at: now) { delay += range.draw(&random) }
      case .dropEvents, .delayEvents, .duplicateEvents, .lagStream, .silenceStream, .cutOnEvent, .terminateOnEvent,
        .refuseConnections, .loseRequests, .delayRequests, .refuse, .failBeforeApply, .staleReads, .frozenReads, .ban,
        .throttle, .skewClock:
        break
      }
    }
    return .sent(after: delay)
  }

  /// The moment whose state a read sees; `nil` for the present.
  mutating func readMoment(of kind: RequestKind, account: AccountID, at now: Timestamp) -> Timestamp? {
    for index in rules.indices {
      switch rules[index].effect {
      case .staleReads(let kinds, let lag):
        if matches(kinds, kind), draws(index, account: account, at: now) {
          return Timestamp(microseconds: now.microseconds - lag.wholeNanoseconds / 1000)
        }
      case .frozenReads(let kinds):
        if matches(kinds, kind), draws(index, account: account, at: now) {
          return rules[index].from ?? Timestamp(milliseconds: 0)
        }
      case .dropEvents, .delayEvents, .duplicateEvents, .lagStream, .silenceStream, .cutOnEvent, .terminateOnEvent,
        .refuseConnections, .loseRequests, .delayRequests, .refuse, .failBeforeApply, .failAfterApply, .loseReplies,
        .cutReplies, .delayReplies, .ban, .throttle, .skewClock:
        break
      }
    }
    return nil
  }
}

// MARK: - Standing conditions

extension FaultPlan {
  /// Some rule may ask for the past, so the past must be kept.
  var needsHistory: Bool {
    rules.contains { rule in
      switch rule.effect {
      case .staleReads, .frozenReads: true
      case .dropEvents, .delayEvents, .duplicateEvents, .lagStream, .silenceStream, .cutOnEvent, .terminateOnEvent,
        .refuseConnections, .loseRequests, .delayRequests, .refuse, .failBeforeApply, .failAfterApply, .loseReplies,
        .cutReplies, .delayReplies, .ban, .throttle, .skewClock:
        false
      }
    }
  }

  mutating func refusesConnection(at now: Timestamp) -> Bool {
    for index in rules.indices where rules[index].effect == .refuseConnections || rules[index].effect == .ban {
      if draws(index, account: nil, at: now) { return true }
    }
    return false
  }

  /// How far the venue's clock is off.
  public func clockSkew(at now: Timestamp) -> Duration {
    rules.reduce(.zero) { sum, rule in
      guard case .skewClock(let skew) = rule.effect, rule.isActive(at: now) else { return sum }
      return sum + skew
    }
  }

  /// The refusal that a ban or a throttle gives to *every* request now, signed or not.
  public func standingRefusal(at now: Timestamp) -> PaperError? {
    let rule = rules.first { ($0.effect == .ban || $0.effect == .throttle) && $0.isActive(at: now) }
    return rule.map { limitError($0, at: now) }
  }

  private func limitError(_ rule: FaultRule, at now: Timestamp) -> PaperError {
    // A rule without an end states the venue's shortest ban, two minutes.
    let until = rule.until ?? now + .seconds(120)
    let seconds = Int(Swift.max(1, (until - now).wholeMilliseconds / 1000))
    if rule.effect == .ban { return .banned(untilMilliseconds: until.milliseconds, retryAfterSeconds: seconds) }
    return .tooMuchWeight(limit: RequestMeter.weightPerMinute, retryAfterSeconds: seconds)
  }

  private func matches<Kind: Equatable>(_ kinds: [Kind], _ kind: Kind) -> Bool { kinds.isEmpty || kinds.contains(kind) }
}
