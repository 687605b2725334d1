import Binance
import FuzzChecks
import Trading
import Venue

/// One text message of the user-data stream: the frame's kind, the stream's dialect, and the account event in it
/// (faults ST19 to ST21).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzEvents(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let message = FuzzInput(start, count).bytes
  let frame = SpotFrame(message)
  checkDialect(message, frame)
  let event = read(message)
  Property.holds(read(message) == event, "the same bytes read the same")
  guard let event else { return 0 }
  if case .reply = frame { Property.holds(isBare(message), "an account event in its envelope is no reply: \(event)") }
  check(event)
  Metamorphic.check(message, "an event", read)
  return 0
}

private func read(_ message: [UInt8]) -> VenueEvent? { try? SpotEventDecoder().decode(message) }

/// Without an envelope: the type stands at the top. The stream never sends those, and they are not taken for events.
private func isBare(_ message: [UInt8]) -> Bool {
  let envelope = Array("\"event\"".utf8)
  return !message.indices.contains { message[$0...].starts(with: envelope) }
}

private func check(_ event: VenueEvent) {
  switch event {
  case .order(let update): check(update)
  case .orderList, .balances, .balanceChange, .externalLock, .unknown: break
  }
}

private func check(_ update: OrderUpdate) {
  if let fill = update.fill {
    Property.holds(update.execution == .trade, "only a trade fills")
    Property.holds(fill.quantity.isPositive && fill.tradeID.number >= 0, "a fill has a quantity and an id: \(fill)")
    Property.holds(
      fill.symbol == update.order.symbol && fill.side == update.order.side
        && fill.venueOrderID == update.order.venueOrderID, "a fill belongs to its order")
  }
  if update.requestClientOrderID != nil {
    Property.holds(update.execution == .canceled, "only a cancel carries an id of its own")
  }
}

/// The stream's dialect in its three states: nothing sent, subscribed, probing.
private func checkDialect(_ message: [UInt8], _ frame: SpotFrame) {
  for kind in [RequestCredential.KeyKind.hmac, .ed25519] {
    var dialect = SpotStreamDialect(credential: RequestCredential(apiKey: "key", kind: kind) { _ in "signature" })
    let now = Timestamp(milliseconds: 1_763_700_000_000)
    checkVerdict(dialect.receive(message), frame)
    _ = dialect.opening(at: now)
    checkVerdict(dialect.receive(message), frame)
    _ = dialect.receive(Array(#"{"id":"subscribe","status":200,"result":{"subscriptionId":1}}"#.utf8))
    _ = dialect.probe(at: now)
    let verdict = dialect.receive(message)
    checkVerdict(verdict, frame)
    if case .unknown = frame { Property.holds(!dialect.isLoggedOn, "what is not understood logs nobody on") }
  }
}

private func checkVerdict(_ verdict: StreamVerdict, _ frame: SpotFrame) {
  switch frame {
  case .event: Property.holds(verdict == .event, "an event is passed on: \(verdict)")
  case .unknown: Property.holds(verdict == .unknown, "what is not understood decides nothing: \(verdict)")
  case .serverShutdown: Property.holds(verdict == .shuttingDown, "a shutdown rotates: \(verdict)")
  case .reply(let reply):
    if case .number = reply.id { Property.holds(verdict == .reply, "a command's reply is passed on: \(verdict)") }
    if verdict == .ready || verdict == .proven {
      Property.holds(reply.status == 200 || reply.refusal?.code == -2035, "only a success proves the stream: \(reply)")
    }
  case .streamTerminated: break
  }
}
