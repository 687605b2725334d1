public import Trading
public import Venue

/// How a Spot account's private stream is opened, proven and read (binance.md §2.1).
///
/// Every kind of key subscribes with a signature of its own; an Ed25519 key logs the session on beside it, so that
/// commands on this connection need no signature. The two frames leave together, and neither needs the other to have
/// been answered.
public struct SpotStreamDialect: StreamDialect {
  public let requests: SpotRequests
  public let decoder: SpotReplyDecoder
  private var subscriptionID: Int64?
  private var hasLoggedOn = false
  private var awaitsSubscription = false
  private var probes = 0

  public init(credential: RequestCredential, timeUnit: VenueTimeUnit = .milliseconds) {
    requests = SpotRequests(credential: credential)
    decoder = SpotReplyDecoder(timeUnit: timeUnit)
  }

  /// The session is logged on: frames on this connection may leave out the signature.
  public var isLoggedOn: Bool { hasLoggedOn }

  private var needsLogon: Bool { requests.credential.kind == .ed25519 }

  // Ids of the dialect's own requests are texts; those of commands are numbers, so they never meet.
  private static let logonID = "logon"
  private static let subscriptionRequestID = "subscribe"
  private static let probePrefix = "probe-"

  /// Both frames must reach the venue within this time of `now`, or it refuses them (fault RS05).
  public static let receiveWindow = Duration.seconds(5)

  public mutating func opening(at now: Timestamp) -> [StreamFrame] {
    subscriptionID = nil
    awaitsSubscription = true
    hasLoggedOn = false
    var frames: [StreamFrame] = []
    if needsLogon { frames.append(frame(.logon, Self.logonID, now)) }
    frames.append(frame(.subscribeSigned, Self.subscriptionRequestID, now))
    return frames
  }

  public mutating func probe(at now: Timestamp) -> StreamFrame {
    probes &+= 1
    return frame(.subscriptions, Self.probePrefix + String(probes), now)
  }

  private func frame(_ call: SpotCall, _ id: String, _ now: Timestamp) -> StreamFrame {
    let window = call.security == .open ? nil : Self.receiveWindow
    do { return try requests.frame(call, id: .text(id), at: now, receiveWindow: window) } catch {
      // A key that cannot sign is refused by the venue, in words and for good; that is how it is told to the
      // supervisor.
      let unsigned = SpotRequests(
        credential: RequestCredential(apiKey: requests.credential.apiKey, kind: .hmac) { _ in "" })
      return (try? unsigned.frame(call, id: .text(id), at: now)) ?? StreamFrame(text: [], label: call.label)
    }
  }

  public mutating func receive(_ text: borrowing [UInt8]) -> StreamVerdict {
    switch SpotFrame(text) {
    case .event: return .event
    case .serverShutdown: return .shuttingDown
    case .unknown: return .unknown
    case .streamTerminated(let id):
      guard id == nil || subscriptionID == nil || id == subscriptionID else { return .progress }
      subscriptionID = nil
      return .subscriptionLost("the venue ended the event stream")
    case .reply(let reply): return receive(reply, in: text)
    }
  }

  private mutating func receive(_ reply: SpotReply, in text: borrowing [UInt8]) -> StreamVerdict {
    switch reply.id {
    case .number: return .reply
    case .none: return sessionVerdict(reply)
    case .text(Self.logonID): return logonVerdict(reply)
    case .text(Self.subscriptionRequestID): return subscriptionVerdict(reply, in: text)
    case .text(let id) where id.hasPrefix(Self.probePrefix): return probeVerdict(reply, in: text)
    case .text: return .reply
    }
  }

  /// The venue speaks without being asked: the key was deleted or its address changed in mid-session.
  private mutating func sessionVerdict(_ reply: SpotReply) -> StreamVerdict {
    guard reply.status == 401 else { return .unknown }
    subscriptionID = nil
    hasLoggedOn = false
    return Self.refusal(reply, "the session")
  }

  private mutating func logonVerdict(_ reply: SpotReply) -> StreamVerdict {
    guard reply.status == 200 else { return Self.refusal(reply, "the logon") }
    hasLoggedOn = true
    return readyOnceComplete()
  }

  private mutating func subscriptionVerdict(_ reply: SpotReply, in text: borrowing [UInt8]) -> StreamVerdict {
    if reply.status == 200, let id = Self.result(of: reply, in: text, { try? decoder.subscription($0) }) {
      subscriptionID = id
    } else if reply.refusal?.code == Self.alreadySubscribed {
      // This connection has a live subscription of the account: what we want, under an id that the first probe tells.
      subscriptionID = nil
    } else {
      return Self.refusal(reply, "the subscription")
    }
    awaitsSubscription = false
    return readyOnceComplete()
  }

  private func readyOnceComplete() -> StreamVerdict {
    awaitsSubscription || (needsLogon && !hasLoggedOn) ? .progress : .ready
  }

  private mutating func probeVerdict(_ reply: SpotReply, in text: borrowing [UInt8]) -> StreamVerdict {
    guard reply.status == 200, let live = Self.result(of: reply, in: text, { try? decoder.subscriptions($0) }) else {
      // Refused for its rate, say: nothing is proven either way, and the probe's deadline goes on.
      return reply.status == 401 ? Self.refusal(reply, "the session") : .progress
    }
    if let subscriptionID {
      guard live.contains(subscriptionID) else {
        return .subscriptionLost("subscription \(subscriptionID) is not among the venue's")
      }
      return .proven
    }
    guard let first = live.first else { return .subscriptionLost("the venue knows no subscription of this connection") }
    subscriptionID = first
    return .proven
  }

  private static func result<Value>(
    of reply: SpotReply, in text: borrowing [UInt8], _ decode: (ArraySlice<UInt8>) -> Value?
  ) -> Value? {
    guard let range = reply.result else { return nil }
    return decode(text[range])
  }

  /// "Subscription already active" (binance.md §6.3).
  private static let alreadySubscribed = -2035

  private static func refusal(_ reply: SpotReply, _ what: String) -> StreamVerdict {
    let reason = reply.refusal?.description ?? "status \(reply.status)"
    let isFatal =
      switch SpotRefusalTable.verdict(status: reply.status, reply.refusal) {
      case .refused(.unauthorized), .refused(.invalid), .refused(.blocked): true
      case .refused, .unknown: false
      }
    return .refused("the venue refused \(what): \(reason)", fatal: isFatal)
  }
}
