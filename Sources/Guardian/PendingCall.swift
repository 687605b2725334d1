import EventLoop
import Reconciler
import Trading
import Venue

/// A request on the WebSocket API whose reply is awaited, found again by the id on the wire and never by order (fault
/// RS17).
struct PendingCall: Sendable {
  enum Question: Sendable {
    case command(id: Int64, VenueCommand)
    case query(id: Int64, OrderQuery)

    var isCommand: Bool { if case .command = self { true } else { false } }
  }

  var question: Question
  var sentAt: Instant
}
