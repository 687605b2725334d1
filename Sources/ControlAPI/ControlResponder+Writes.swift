import Trading
import Venue

extension ControlResponder {
  /// The gate let the caller through, and the body is JSON.
  func write(
    _ route: ControlRoute, _ account: AccountID, _ request: ControlRequest
  ) async throws(ControlRefusal) -> ControlResponse {
    switch route {
    case .placeOrder:
      let body = try DirectOrderBody(request.body)
      let report = try await surface.place(
        body.entry, bracket: body.bracket, strategy: body.strategy, account: body.account)
      return report.response
    case .registerBracket:
      let body = try BracketBody(request.body)
      try await surface.register(body.registration, account: body.account)
      return ControlResponse(
        .object([
          .init("registered", .string(body.registration.entryClientOrderID.text))
        ]))
    case .sweep:
      try readEmpty(request)
      try await surface.sweep(account)
      return accepted("sweep", account)
    case .pause:
      try readEmpty(request)
      try await surface.pause(account)
      return accepted("pause", account)
    case .resume:
      try readEmpty(request)
      try await surface.resume(account)
      return accepted("resume", account)
    case .flatten: return try await flatten(account, request)
    case .page, .live, .ready, .metrics, .status, .plan: preconditionFailure("\(route) reads")
    }
  }

  /// `{}` or nothing: what is written there would not be heeded, so it is not accepted either.
  private func readEmpty(_ request: ControlRequest) throws(ControlRefusal) {
    guard !request.body.isEmpty else { return }
    try BodyReader(bytes: request.body).finish()
  }

  private func accepted(_ what: String, _ account: AccountID) -> ControlResponse {
    ControlResponse(
      status: 202, .object([.init("account", .string(account.text)), .init("accepted", .string(what))]))
  }

  private func flatten(
    _ account: AccountID, _ request: ControlRequest
  ) async throws(ControlRefusal) -> ControlResponse {
    var reader = try BodyReader(bytes: request.body)
    let symbol = Symbol(try reader.requiredText("symbol", bytesMax: 40))
    let word = try reader.text("confirm")
    try reader.finish()
    guard let word else {
      guard await surface.accounts().contains(where: { $0.account == account }) else {
        throw ControlRefusal(
          .notFound, "no_such_account", "there is no such account", hint: "see GET /v1/status for the accounts")
      }
      return ControlResponse(
        .object([
          .init("confirm", .string(confirmation(for: account, symbol))),
          .init("expires_in_seconds", .number(Double(ConfirmationDesk.validNanoseconds / 1_000_000_000))),
          .init("will", .string("sell at market everything that open lots of \(symbol.text) hold")),
        ]))
    }
    guard isConfirmed(word, account, symbol) else {
      throw ControlRefusal(
        .refused, "not_confirmed", "the confirmation is unknown, used, expired, or for something else",
        hint: "send the request without confirm, and repeat it with the word that comes back within 30 s")
    }
    try await surface.flatten(symbol, account: account)
    return accepted("flatten", account)
  }
}

extension DirectOrderReport {
  /// 200: as wanted. 202: the entry may be live, and not all is as it shall be. 422: nothing was bought.
  var response: ControlResponse {
    let status: Int
    switch state {
    case .covered, .working: status = 200
    case .uncovered, .unknown: status = 202
    case .rejected: status = 422
    }
    var members: [JSONValue.Member] = [
      .init("state", .string(state.rawValue)), .init("detail", .string(detail)),
      .init("covered_quantity", .string(coveredQuantity.text())), .init("entry", entry.map(\.json) ?? .null),
      .init("legs", .array(legs.map(\.json))),
    ]
    if state == .rejected {
      members.append(
        .init(
          "error",
          .object([
            .init("code", .string("entry_rejected")),
            .init("message", .string(detail.isEmpty ? "the entry was rejected" : detail)),
            .init("hint", .string("nothing was bought; correct the order and send it with a new client_order_id")),
          ])))
    }
    return ControlResponse(status: status, .object(members))
  }
}
