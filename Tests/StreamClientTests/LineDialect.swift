import Trading
import Venue

/// A toy venue: one word per message.
struct LineDialect: StreamDialect {
  mutating func opening(at now: Timestamp) -> [StreamFrame] {
    [StreamFrame(text: Array("subscribe".utf8), label: "subscribe")]
  }

  mutating func receive(_ text: borrowing [UInt8]) -> StreamVerdict {
    switch String(decoding: copy text, as: UTF8.self) {
    case "subscribed": .ready
    case "alive": .proven
    case "terminated": .subscriptionLost("terminated")
    case "shutdown": .shuttingDown
    case "denied": .refused("denied", fatal: true)
    case "reply": .reply
    default: .event
    }
  }

  mutating func probe(at now: Timestamp) -> StreamFrame {
    StreamFrame(text: Array("alive?".utf8), label: "probe")
  }
}

extension Peer {
  /// Plays the toy venue: answers subscriptions and probes, hands everything else to `onText`.
  func serve(_ onText: (String) -> Void = { _ in }) {
    while let text = readText() {
      switch text {
      case "subscribe": send(text: "subscribed")
      case "alive?": send(text: "alive")
      default: onText(text)
      }
    }
  }
}
