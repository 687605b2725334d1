import Binance
import EventLoop
import Reconciler
import Trading
import Venue

// Commands leave by the WebSocket API on the open stream, and by REST when that way is down or has lost the last one.
// Whether a command may be sent at all, and what an outcome means, the core has decided or will decide.
extension GuardianAccount {
  /// Replies awaited at once. The core has one command per symbol under way; more than this is a leak, not trade.
  static let pendingMax = 4096
  /// A reply that has not come after this will not come; the core has asked about the order long before.
  static let replyPatience: Duration = .seconds(10)

  func send(_ command: VenueCommand, id: Int64, receiveWindow: Duration) {
    let call = SpotCall.command(command)
    if !avoidsSocket, sendFrame(call, question: .command(id: id, command), receiveWindow: receiveWindow) {
      return noteSent(id)
    }
    avoidsSocket = false
    let request: HTTPRequest
    do { request = try venueRequests.request(call, at: venueClock.now, receiveWindow: receiveWindow) } catch {
      feed(.outcome(id: id, .rejected(Rejection(.notSent, message: "the request could not be signed: \(error)"))))
      return
    }
    restCommands += 1
    let sentAt = venueClock.localNow
    noteSent(id)
    ports.perform(request) { [weak self, loop] result in
      loop.enqueue { [weak self] in
        self?.assumeIsolated { account in
          account.restCommands -= 1
          account.finish(command, id: id, SpotAnswer(result), sentAt: sentAt)
          account.drainIfIdle()
        }
      }
    }
  }

  private func noteSent(_ id: Int64) {
    guard let (source, latency) = stopwatch.sent(id, at: venueClock.localNow) else { return }
    gauges.placed(by: source, after: latency)
  }

  /// - Returns: `false` when nothing was written, so that another way may be taken without a doubt.
  func sendFrame(_ call: SpotCall, question: PendingCall.Question, receiveWindow: Duration?) -> Bool {
    guard streamEpoch != nil, pending.count < Self.pendingMax else { return false }
    lastWireID += 1
    // The dialect reports an Ed25519 stream as open only once the session is logged on as well.
    let isLoggedOn = venueRequests.credential.kind == .ed25519
    let authentication: SpotRequests.Authentication = isLoggedOn ? .session : .signature
    guard
      let frame = try? venueRequests.frame(
        call, id: .number(lastWireID), at: venueClock.now, receiveWindow: receiveWindow, authentication: authentication)
    else { return false }
    guard ports.send(frame) else { return false }
    pending[lastWireID] = PendingCall(question: question, sentAt: venueClock.localNow)
    return true
  }

  func settle(_ call: PendingCall, _ answer: SpotAnswer) {
    switch call.question {
    case .command(let id, let command): finish(command, id: id, answer, sentAt: call.sentAt)
    case .query(let id, _): finishQuery(id: id, outcomes.queryResult(answer, at: venueClock.now))
    }
  }

  private func finish(_ command: VenueCommand, id: Int64, _ answer: SpotAnswer, sentAt: Instant) {
    let outcome = outcomes.outcome(of: command, answer, at: venueClock.now)
    gauges.settled(command, outcome, after: venueClock.localNow - sentAt)
    tell(command, outcome)
    if case .rejected(let rejection) = outcome, rejection.kind == .clockSkew {
      venueClock.distrust()
      measureClock()
    }
    feed(.outcome(id: id, outcome))
  }

  // MARK: - Stopping

  /// Whether a command is under way whose outcome we do not know yet.
  var hasCommandsUnderWay: Bool {
    restCommands > 0 || pending.values.contains(where: \.question.isCommand)
  }

  func drainIfIdle() {
    guard drainWaiter != nil, !hasCommandsUnderWay else { return }
    let waiter = drainWaiter
    drainWaiter = nil
    waiter?()
  }
}
