import Binance
import EventLoop
import Logging
import Reconciler
import StreamClient
import Trading
import Venue

// What the private stream delivers. Everything here runs on the loop, in the handler of the socket.
extension GuardianAccount {
  /// A message, on the path from a fill to its protection.
  func receive(_ message: StreamMessage) {
    messageReceivedAt = message.receivedAt
    defer { messageReceivedAt = nil }
    switch message.verdict {
    case .event: receiveEvent(message.text)
    case .reply: receiveReply(message.text)
    case .unknown, .ready, .proven, .subscriptionLost, .shuttingDown, .refused, .progress:
      // Neither event nor reply: kept, decides nothing (fault ST20).
      keep(message.text, isDecoded: false)
    }
  }

  private func receiveEvent(_ text: [UInt8]) {
    let event: VenueEvent?
    do { event = try events.decode(text) } catch {
      event = nil
      ports.log.warning(
        "stream message could not be read", metadata: ["account": "\(account)", "defect": "\(error)"])
    }
    keep(text, isDecoded: event != nil)
    gauges.received(event)
    if let event { feed(.event(event)) }
  }

  private func receiveReply(_ text: [UInt8]) {
    guard case .reply(let reply) = SpotFrame(text) else {
      keep(text, isDecoded: false)
      return
    }
    ports.noteLimits(reply)
    guard case .number(let wireID) = reply.id, let call = pending.removeValue(forKey: wireID) else {
      keep(text, isDecoded: false)
      return
    }
    keep(text, isDecoded: true)
    settle(call, SpotAnswer(reply, in: text, at: venueClock.now))
    drainIfIdle()
  }

  private func keep(_ text: [UInt8], isDecoded: Bool) {
    let raw = RawMessage(
      epoch: streamEpoch ?? lastStreamEpoch, receivedAt: venueClock.wallNow, bytes: text, isDecoded: isDecoded)
    ports.record([.raw(raw)])
  }

  // MARK: - The stream's own state

  func receive(_ report: StreamReport) {
    switch report {
    case .opened(let epoch, let isContinuous):
      log(.info, "private stream open", ["epoch": "\(epoch)", "continuous": "\(isContinuous)"])
      open(epoch)
    case .trusted(let epoch):
      log(.info, "private stream trusted again", ["epoch": "\(epoch)"])
      open(epoch)
    case .suspect(let epoch, let reason):
      // Replies may still come, so what is under way waits; what is new goes by REST.
      log(.warning, "private stream suspect", ["epoch": "\(epoch)", "reason": "\(reason)"])
      close(epoch, reason: "suspect: \(reason)")
    case .lost where isStopping: break
    case .lost(let epoch, let error):
      log(.warning, "private stream lost", ["epoch": "\(epoch)", "reason": "\(error)"])
      close(epoch, reason: "\(error)")
      abandonPending("the connection ended before the reply came")
    case .rotating(_, let reason):
      log(.info, "private stream rotates", ["reason": "\(reason)"])
    case .retrying(let error, let wait, let failures):
      gauges.reconnecting(error)
      let metadata: Logger.Metadata = [
        "reason": "\(error)", "wait_ms": "\(wait.wholeMilliseconds)", "failures": "\(failures)",
      ]
      log(.warning, "private stream retries", metadata)
    case .throttled(let wait):
      log(.warning, "private stream waits for its connection budget", ["wait_ms": "\(wait.wholeMilliseconds)"])
    }
  }

  private func open(_ epoch: Int64) {
    streamEpoch = epoch
    lastStreamEpoch = epoch
    streamOpenedAt = venueClock.localNow
    gauges.stream(isOpen: true)
    feed(.streamOpened(epoch: epoch))
  }

  private func close(_ epoch: Int64, reason: String) {
    guard streamEpoch == epoch else { return }
    streamEpoch = nil
    gauges.stream(isOpen: false)
    feed(.streamLost(epoch: epoch, reason: reason))
  }

  private func log(_ level: Logger.Level, _ message: Logger.Message, _ fields: Logger.Metadata) {
    var fields = fields
    fields["account"] = "\(account)"
    ports.log.log(level: level, message, metadata: fields)
  }

  /// Commands whose replies can no longer come are ambiguous, not failed (DESIGN §2 "three outcomes").
  func abandonPending(_ reason: String, sentBefore: Instant? = nil) {
    let abandoned =
      pending
      .filter { entry in sentBefore.map { entry.value.sentAt < $0 } ?? true }
      .sorted { $0.key < $1.key }
    for (wireID, call) in abandoned {
      pending[wireID] = nil
      if call.question.isCommand { avoidsSocket = true }
      settle(call, .lost(reason))
    }
    drainIfIdle()
  }
}
