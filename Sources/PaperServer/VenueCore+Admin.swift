import PaperVenue
import Trading

// The hand that moves the world: prices, fills, deposits, faults, and the ledger to look at. On the plain loopback
// listener only, with the bearer token of keys.json.

extension VenueCore {
  func admin(_ call: HTTPCall) -> HTTPAnswer {
    guard let bearer = call.bearer, isAdminToken(bearer) else {
      return Self.problem(401, "send 'Authorization: Bearer <adminToken of keys.json>'")
    }
    let parameters: Parameters
    let json: JSONValue?
    if call.method == "GET" {
      json = nil
      parameters = Parameters(query: call.query, body: "")
    } else {
      json = call.body.isEmpty ? .object([]) : JSONValue.parse(Array(call.body.utf8))
      guard json != nil else { return Self.problem(400, "the body is not JSON") }
      parameters = Parameters(json)
    }
    do throws(PaperError) {
      let path = String(call.path.dropFirst("/admin/".count))
      if call.method == "GET" { return try adminRead(path, parameters) }
      return try adminWrite(call.method, path, parameters, json ?? .null)
    } catch {
      return answer(error)
    }
  }

  private static func problem(_ status: Int, _ text: String) -> HTTPAnswer {
    .json(JSONWriter.object { $0.field("error", text) }, status: status)
  }

  private static let done = HTTPAnswer.json(JSONWriter.object { $0.field("ok", true) })

  // MARK: Reading

  private func adminRead(_ path: String, _ parameters: Parameters) throws(PaperError) -> HTTPAnswer {
    switch path {
    case "ledger": return .json(JSONWriter.array(world.exchange.ledger()) { $0.ledger($1) })
    case "orders":
      let account = AccountID(try parameters.required("account", try parameters.text("account")))
      return .json(JSONWriter.array(world.exchange.orders(of: account, try parameters.symbol())) { $0.order($1) })
    case "trades":
      let account = AccountID(try parameters.required("account", try parameters.text("account")))
      return .json(JSONWriter.array(world.exchange.trades(of: account, try parameters.symbol())) { $0.trade($1) })
    case "faults":
      return .json(
        JSONWriter.array(world.faults.hits) { json, row in
          json.object { json in
            json.field("name", row.name)
            json.field("hits", row.hits)
          }
        })
    case "connections": return .json(JSONWriter.object { $0.field("count", self.world.openConnections.count) })
    default: return Self.problem(404, "no admin read '\(path)'; there are ledger, orders, trades, faults, connections")
    }
  }

  // MARK: Writing

  private func adminWrite(
    _ method: String, _ path: String, _ parameters: Parameters, _ json: JSONValue
  ) throws(PaperError) -> HTTPAnswer {
    switch path {
    case "price":
      let symbol = try parameters.symbol()
      let price = try parameters.required("price", try parameters.decimal("price"))
      guard world.exchange.rules(of: symbol) != nil else { throw .invalidSymbol }
      change { world, now in world.setPrice(price, of: symbol, at: now) }
      return Self.done
    case "fill", "expire": return try adminOrder(path, parameters)
    case "deposit", "lock": return try adminBalance(path, parameters)
    case "status", "depth", "fate": return try adminSymbol(path, parameters)
    case "faults": return adminFaults(method, json)
    case "cut":
      change { world, now in world.cutAll(at: now) }
      return Self.done
    case "terminate":
      let account = AccountID(try parameters.required("account", try parameters.text("account")))
      change { world, now in world.terminateStreams(of: account, at: now) }
      return Self.done
    case "shutdown-notice":
      announceShutdown()
      return Self.done
    default:
      return Self.problem(
        404,
        "no admin write '\(path)'; there are price, fill, expire, deposit, lock, status, depth, fate, faults, cut, "
          + "terminate, shutdown-notice")
    }
  }

  private func adminOrder(_ path: String, _ parameters: Parameters) throws(PaperError) -> HTTPAnswer {
    let account = AccountID(try parameters.required("account", try parameters.text("account")))
    let symbol = try parameters.symbol()
    let lookup = OrderLookup(
      symbol, orderID: try parameters.integer("orderId").map { VenueOrderID($0) },
      clientOrderID: try parameters.client("clientOrderId"))
    guard let state = world.exchange.account(account) else { throw .badKey }
    let key = try state.order(lookup, at: now).key
    let quantity = try parameters.decimal("quantity")
    let price = try parameters.decimal("price")
    let outcome = change { world, now in
      world.change(at: now) { exchange in
        let outcome =
          path == "fill"
          ? exchange.fill(account, key, quantity: quantity, price: price, at: now)
          : exchange.expire(account, key, at: now)
        return (outcome.result, outcome.events)
      }
    }
    let order = try outcome.get()
    var writer = JSONWriter()
    writer.order(order)
    return .json(writer.bytes)
  }

  /// `amount` may be negative: a withdrawal, a fee debit, or the release of a lock.
  private func adminBalance(_ path: String, _ parameters: Parameters) throws(PaperError) -> HTTPAnswer {
    let account = AccountID(try parameters.required("account", try parameters.text("account")))
    let asset = Asset(try parameters.required("asset", try parameters.text("asset")))
    guard let amount = try parameters.text("amount").flatMap({ FixedDecimal($0) }) else {
      throw .missingParameter("amount")
    }
    let result = change { world, now in
      world.change(at: now) { exchange in
        let outcome =
          path == "deposit"
          ? exchange.adjust(account, asset, by: amount, at: now)
          : exchange.lockExternally(account, asset, by: amount, at: now)
        return (outcome.result, outcome.events)
      }
    }
    let balance = try result.get()
    return .json(
      JSONWriter.object { json in
        json.field("asset", balance.asset.text)
        json.field("free", balance.free)
        json.field("locked", balance.locked)
      })
  }

  private func adminSymbol(_ path: String, _ parameters: Parameters) throws(PaperError) -> HTTPAnswer {
    let symbol = try parameters.symbol()
    guard world.exchange.rules(of: symbol) != nil else { throw .invalidSymbol }
    switch path {
    case "status":
      guard let status = try parameters.text("status").flatMap(SymbolStatus.init(rawValue:)) else {
        throw .missingParameter("status")
      }
      world.configure { $0.setStatus(status, of: symbol) }
    case "depth":
      var depth = DepthModel()
      if let value = try parameters.decimal("halfSpread") { depth.halfSpread = value }
      if let value = try parameters.decimal("levelQuantity") { depth.levelQuantity = value }
      if let value = try parameters.decimal("levelStep") { depth.levelStep = value }
      if let value = try parameters.integer("levels") {
        depth.levels = Int(clamping: Swift.min(Swift.max(value, 0), 1000))
      }
      if let value = try parameters.decimal("restingFillQuantity") { depth.restingFillQuantity = value }
      depth.fillsRestingByHand = parameters["fillsRestingByHand"] == "true"
      world.configure { $0.setDepth(depth, of: symbol) }
    default:
      let fate: TriggerFate
      switch try parameters.text("fate") {
      case "executes": fate = .executes
      case "stays": fate = .stays
      case let text?:
        guard let reason = ExpiryReason(rawValue: text) else { throw .missingParameter("fate") }
        fate = .expires(reason)
      case nil: throw .missingParameter("fate")
      }
      world.configure { $0.setTriggerFate(fate, of: symbol) }
    }
    return Self.done
  }

  private func adminFaults(_ method: String, _ json: JSONValue) -> HTTPAnswer {
    if method == "DELETE" {
      world.heal()
      return Self.done
    }
    do throws(FaultScript.Unreadable) {
      let rules = try FaultScript.rules(json, at: now)
      for rule in rules { world.inject(rule, at: now) }
      return .json(JSONWriter.object { $0.field("added", rules.count) })
    } catch {
      return Self.problem(400, error.reason)
    }
  }
}

extension JSONWriter {
  mutating func ledger(_ view: LedgerView) {
    object { json in
      json.field("account", view.account.text)
      json.field("symbol", view.symbol.text)
      json.field("netPosition", view.netPosition)
      json.field("bought", view.totals.bought)
      json.field("sold", view.totals.sold)
      json.field("paidQuote", view.totals.paidQuote)
      json.field("receivedQuote", view.totals.receivedQuote)
      json.field("baseFees", view.totals.baseFees)
      json.field("quoteFees", view.totals.quoteFees)
      json.field("baseFree", view.baseFree)
      json.field("baseLocked", view.baseLocked)
      json.field("stopCoverage", view.stopCoverage)
      json.field("profitCoverage", view.profitCoverage)
      json.field("openOrders", view.openOrders)
      json.field("openLists", view.openLists)
    }
  }
}
