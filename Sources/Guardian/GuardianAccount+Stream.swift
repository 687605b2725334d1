import Binance
import EventLoop
import Logging
import Reconciler
import Trading
import Venue

// What the private stream delivers. Everything here runs on the loop, in the handler of the socket.
extension GuardianAccount {
  /// The subscription stands: from here on nothing is missed. `epoch` counts connections upwards.
  func streamOpened(epoch: Int64) {
    streamEpoch = epoch
    ports.log.info("private stream open", metadata: ["account": "\(account)", "epoch": "\(epoch)"])
    gauges.streamOpened()
    feed(.streamOpened(epoch: epoch))
  }

  /// Commands whose replies can no longer come are ambiguous, not failed (DESIGN §2 "three outcomes").
  func streamLost(epoch: Int64, reason: String) {
    let wasOpen = streamEpoch == epoch
    if wasOpen { streamEpoch = nil }
    ports.log.warning(
      "private stream lost", metadata: ["account": "\(account)", "epoch": "\(epoch)", "reason": "\(reason)"])
    if wasOpen {
      gauges.streamLost()
      feed(.streamLost(epoch: epoch, reason: reason))
    }
    connectionEnded(epoch: epoch)
  }

  /// One connection ended; another may be open already (rotation).
  func connectionEnded(epoch: Int64) {
    let orphaned = pending.filter { $0.value.epoch == epoch }.sorted { $0.key < $1.key }
    for (wireID, call) in orphaned {
      pending[wireID] = nil
      settle(call, .lost("the connection ended before the reply came"))
    }
    drainIfIdle()
  }

  /// An account event, as received.
  func streamDelivered(_ message: [UInt8], epoch: Int64) {
    let event: VenueEvent?
    do { event = try events.decode(message) } catch {
      event = nil
      ports.log.warning(
        "stream message could not be read", metadata: ["account": "\(account)", "defect": "\(error)"])
    }
    keep(message, epoch: epoch, isDecoded: event != nil)
    gauges.received(event)
    if let event { feed(.event(event)) }
  }

  /// A reply to one of our requests.
  func streamReplied(_ message: [UInt8], epoch: Int64) {
    guard case .reply(let reply) = SpotFrame(message), case .number(let wireID) = reply.id,
      let call = pending.removeValue(forKey: wireID)
    else {
      keep(message, epoch: epoch, isDecoded: false)
      return
    }
    keep(message, epoch: epoch, isDecoded: true)
    settle(call, SpotAnswer(reply, in: message, at: venueClock.now))
    drainIfIdle()
  }

  /// A message that is neither: kept, decides nothing (fault ST20).
  func streamPuzzled(_ message: [UInt8], epoch: Int64) {
    keep(message, epoch: epoch, isDecoded: false)
  }

  private func keep(_ message: [UInt8], epoch: Int64, isDecoded: Bool) {
    let raw = RawMessage(epoch: epoch, receivedAt: venueClock.wallNow, bytes: message, isDecoded: isDecoded)
    ports.record([.raw(raw)])
  }
}
