import FuzzChecks
import WebSocket

/// The client connection under arbitrary bytes of a server (faults ST16 to ST18).
///
/// The last byte chooses how the stream is cut, and whether the opening handshake is part of the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrames(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(start, count)
  let choice = input.choice()
  let isHandshakeFuzzed = choice & 1 == 1
  let stream = isHandshakeFuzzed ? input.bytes : ServerSide.handshake + input.bytes
  let whole = ServerSide.outcome(of: stream, pieceBytes: [stream.count])
  // 1 to 127 bytes at a time, every other piece of another size.
  let pieces = [max(1, Int(choice >> 1)), max(1, Int(choice >> 3))]
  let cut = ServerSide.outcome(of: stream, pieceBytes: pieces)
  Property.holds(cut == whole, "a stream cut into pieces gives the same as the whole one:\n\(cut)\n\(whole)")
  check(whole)
  if !isHandshakeFuzzed {
    let delivered = whole.events.filter(\.isDelivery)
    let expected = FrameOracle.deliveries(of: input.bytes, ServerSide.limits)
    Property.holds(delivered == expected, "an independent reading delivers the same:\n\(delivered)\n\(expected)")
  }
  return 0
}

private func check(_ outcome: ServerSide.Outcome) {
  let finals = outcome.events.filter(\.isFinal)
  Property.holds(finals.count == 1, "exactly one event ends a connection: \(outcome.events)")
  Property.holds(outcome.events.last?.isFinal == true, "no event follows the final one: \(outcome.events)")
  Property.holds(outcome.isClosed, "after the end of the stream the connection is closed")
  for event in outcome.events {
    switch event {
    case .text(let payload):
      Property.holds(String(validating: payload, as: UTF8.self) != nil, "delivered text is UTF-8")
      Property.holds(payload.count <= ServerSide.limits.maximumMessageBytes, "a text stays within the limit")
    case .binary(let payload):
      Property.holds(payload.count <= ServerSide.limits.maximumMessageBytes, "a message stays within the limit")
    case .ping(let payload), .pong(let payload):
      Property.holds(payload.count <= 125, "a control frame carries 125 bytes at most")
    case .closeReceived(let frame):
      Property.holds(frame.code?.isAllowedOnWire ?? true, "a close code from the wire may stand there: \(frame)")
    case .opened, .refused, .failed: break
    }
  }
}

extension ClientConnection.Event {
  /// Whether no event may follow.
  var isFinal: Bool {
    switch self {
    case .refused, .failed, .closeReceived: true
    case .opened, .text, .binary, .ping, .pong: false
    }
  }

  /// Whether the event was built from a frame.
  var isDelivery: Bool {
    switch self {
    case .text, .binary, .ping, .pong, .closeReceived: true
    case .opened, .refused, .failed: false
    }
  }
}
