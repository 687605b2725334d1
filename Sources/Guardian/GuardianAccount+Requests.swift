import EventLoop
public import Reconciler
public import Trading
public import Venue

// What people and bots ask for.
extension GuardianAccount {
  /// Why a request is not taken.
  public enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    case stopping
    case tooMany

    public var description: String {
      switch self {
      case .stopping: "the guardian is stopping and takes no new entries; start it again first"
      case .tooMany: "\(GuardianAccount.entriesMax) entries are under way; wait for them to be answered"
      }
    }
  }

  /// Entries through Backstop that wait for their report. The venue's own order limit is far lower.
  public static let entriesMax = 256

  /// Layer 3: places an entry and its legs; returns when the core can say what became of them.
  public func enter(
    _ placement: EntryPlacement, bracket: Bracket?, strategy: StrategyID?
  ) async throws(Refusal) -> EntryReport {
    guard !isStopping else { throw .stopping }
    guard entryWaiters.count < Self.entriesMax else { throw .tooMany }
    lastRequestID += 1
    let requestID = lastRequestID
    return await withCheckedContinuation { continuation in
      entryWaiters[requestID] = { continuation.resume(returning: $0) }
      feed(.request(.enter(requestID: requestID, placement, bracket: bracket, strategy: strategy)))
    }
  }

  /// A bot's wish for an entry to come, or one that is there already.
  public func register(_ registration: BracketRegistration) {
    feed(.bracket(registration))
  }

  public func sweep() { feed(.request(.sweep)) }
  public func pause() { feed(.request(.pause)) }
  public func resume() { feed(.request(.resume)) }
  public func flatten(_ symbol: Symbol) { feed(.request(.flatten(symbol))) }
  public func unfreeze(_ symbol: Symbol) { feed(.request(.unfreeze(symbol))) }
  public func reload(_ policy: ProtectionPolicy) { feed(.request(.reload(policy))) }
}

extension GuardianAccount {
  /// Starts the account: what the mirror remembers, then the venue's instruments, which the core asks for. The stream's
  /// first report brings the snapshot.
  func begin(restored: MirrorState?) {
    feed(.restored(restored))
    keepMeasuringClock()
    expireReplies()
  }

  /// Replies that will never come leave no entry behind.
  private func expireReplies() {
    later(Self.replyPatience.wholeNanoseconds) { account in
      account.abandonPending("no reply came", sentBefore: account.venueClock.localNow + (.zero - Self.replyPatience))
      account.expireReplies()
    }
  }
}

extension GuardianAccount {
  /// Takes no new entries, waits until no command is under way, and stops the clockwork.
  func drain(within patience: Duration) async {
    isStopping = true
    if hasCommandsUnderWay {
      await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        drainWaiter = { continuation.resume() }
        loop.schedule(afterNanoseconds: patience.wholeNanoseconds) { [weak self] in
          self?.assumeIsolated { account in
            let waiter = account.drainWaiter
            account.drainWaiter = nil
            waiter?()
          }
        }
      }
    }
    cancelTimers()
    for waiter in entryWaiters.sorted(by: { $0.key < $1.key }) {
      waiter.value(EntryReport(state: .unknown, entry: nil, detail: "the guardian was stopped before it knew"))
    }
    entryWaiters = [:]
  }
}

extension GuardianAccount {
  /// The account is known completely and nothing more is being asked: a snapshot that finds an unexplained balance is
  /// followed by the histories that explain it.
  public var isSettled: Bool { core.status.isKnown && readings.isEmpty && queriesOpen.isEmpty }

  /// Settled, nothing is under way and nothing is left to do.
  public var isQuiet: Bool { isSettled && !hasCommandsUnderWay && plan.isEmpty }
}
