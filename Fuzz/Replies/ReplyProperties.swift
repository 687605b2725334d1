import Binance
import FuzzChecks
import Trading
import Venue

/// Answers to requests, by REST and by the WebSocket API: every decoder, and the judgement of outcomes (DESIGN §2).
///
/// The last byte chooses the answer's status.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzReplies(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(start, count)
  let statuses = [200, 200, 200, 400, 400, 401, 403, 404, 409, 418, 429, 500, 503, 100, 302]
  let status = statuses[Int(input.choice()) % statuses.count]
  let body = input.bytes
  if status == 200 { checkReaders(body) }
  for command in SampleCommands.all { checkOutcome(of: command, status: status, body) }
  checkQuery(status: status, body)
  checkFrame(body)
  return 0
}

private let decoder = SpotReplyDecoder()
private let outcomes = SpotOutcomes()
private let now = Timestamp(milliseconds: 1_763_700_000_000)

private func checkReaders(_ body: [UInt8]) {
  func check<Value: Equatable>(
    _ name: String, _ read: @escaping (ArraySlice<UInt8>) throws(MalformedMessage) -> Value
  ) {
    let value: ([UInt8]) -> Value? = { try? read($0[...]) }
    if value(body) != nil { Metamorphic.check(body, name, value) }
  }
  check("an order", decoder.order)
  check("a list of orders", decoder.orders)
  check("a list of trades", decoder.trades)
  check("order lists", decoder.orderLists)
  check("an account", decoder.account)
  check("instruments", decoder.exchangeInfo)
  check("the venue's clock", decoder.time)
  check("prices", decoder.prices)
  check("a subscription", decoder.subscription)
  check("subscriptions", decoder.subscriptions)
  check("a key's permissions", decoder.keyPermissions)
  check("a refusal", { (body) throws(MalformedMessage) in try SpotRefusal(body) })
}

private func checkOutcome(of command: VenueCommand, status: Int, _ body: [UInt8]) {
  let answer = SpotAnswer(.response(HTTPResponse(status: status, body: body)))
  let outcome = outcomes.outcome(of: command, answer, at: now)
  Property.holds(outcomes.outcome(of: command, answer, at: now) == outcome, "the same answer is judged the same")
  switch outcome {
  case .accepted(let receipt):
    Property.holds((200..<300).contains(status), "only a success is an acceptance: \(status)")
    Property.holds(receipt.fills.allSatisfy(\.quantity.isPositive), "a receipt's fills have quantities: \(receipt)")
    Property.holds(
      receipt.fills.allSatisfy { fill in receipt.orders.contains { $0.venueOrderID == fill.venueOrderID } },
      "a receipt's fills belong to its orders")
  case .rejected(let rejection):
    Property.holds(!(200..<300).contains(status), "a success is never taken for a refusal: \(rejection)")
    Property.holds(status < 500 || rejection.code == -1008, "a server error proves nothing: \(rejection)")
    Property.holds(rejection.retryAfter.map { $0 >= .zero } ?? true, "nobody waits for the past: \(rejection)")
  case .ambiguous: break
  }
}

private func checkQuery(status: Int, _ body: [UInt8]) {
  let answer = SpotAnswer(.response(HTTPResponse(status: status, body: body)))
  switch outcomes.queryResult(answer, at: now) {
  case .found: Property.holds((200..<300).contains(status), "an order is found in a success only")
  case .absent: Property.holds(status == 400, "absence is proven by a judged refusal only: \(status)")
  case .failed: break
  }
}

/// The same bytes as a reply on the WebSocket API.
private func checkFrame(_ message: [UInt8]) {
  guard case .reply(let reply) = SpotFrame(message) else { return }
  if let range = reply.result {
    Property.holds(
      message.indices.contains(range.lowerBound) && range.upperBound <= message.count, "a result is inside")
  }
  let answer = SpotAnswer(reply, in: message, at: now)
  for command in SampleCommands.all {
    switch outcomes.outcome(of: command, answer, at: now) {
    case .accepted: Property.holds((200..<300).contains(reply.status) && reply.refusal == nil, "only a success accepts")
    case .rejected(let rejection):
      Property.holds(!(200..<300).contains(reply.status) || reply.refusal != nil, "a success rejects nothing")
      Property.holds(rejection.retryAfter.map { $0 >= .zero } ?? true, "nobody waits for the past: \(rejection)")
    case .ambiguous: break
    }
  }
}
