import Trading
import Venue

extension AccountView {
  func json(withDetails: Bool) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("account", .string(account.text)), .init("environment", .string(environment.rawValue)),
      .init("armed", .bool(isArmed)), .init("paused", .bool(isPaused)), .init("known", .bool(isKnown)),
      .init("stream_connected", .bool(isStreamConnected)), .init("last_sweep_age_seconds", .seconds(lastSweepAge)),
    ]
    if withDetails {
      members += [
        .init("coverage", .array(coverage.map { $0.json(nakedFor: nakedFor[$0.symbol]) })),
        .init("lots", .array(lots.map(\.json))),
        .init("legs", .array(legs.map(\.json))),
        .init(
          "residuals",
          .object(residuals.sorted { $0.key < $1.key }.map { .init($0.key.text, .string($0.value.text())) })),
        .init("alerts", .array(alerts.map(\.json))),
        .init("frozen", .array(frozen.map { .string($0.text) })),
      ]
    }
    return .object(members)
  }
}

extension CoverageRecord {
  fileprivate func json(nakedFor: Duration?) -> JSONValue {
    .object([
      .init("symbol", .string(symbol.text)), .init("state", .string(state.rawValue)),
      .init("position", .string(position.text())), .init("covered", .string(covered.text())),
      .init("dust", .string(dust.text())), .init("naked_seconds", .seconds(nakedFor)),
      .init("reasons", .array(reasons.map { .string($0) })),
    ])
  }
}

extension Lot {
  fileprivate var json: JSONValue {
    .object([
      .init("symbol", .string(symbol.text)), .init("entry_order_id", .string(id.venueOrderID.description)),
      .init("entry_client_order_id", .string(entryClientOrderID.text)), .init("strategy", .optional(strategy?.text)),
      .init("bracket_origin", .string(bracketOrigin.name)), .init("open_quantity", .string(openQuantity.text())),
      .init("filled_quantity", .string(filledQuantity.text())),
      .init("average_price", .optional(averagePrice?.text())), .init("source", .string(source.rawValue)),
      .init("opened_at", .string(openedAt.description)),
    ])
  }
}

extension Leg {
  var json: JSONValue {
    .object([
      .init("symbol", .string(lot.symbol.text)), .init("entry_order_id", .string(lot.venueOrderID.description)),
      .init("role", .string(role.rawValue)), .init("tranche", .number(Double(tranche))),
      .init("client_order_id", .string(clientOrderID.text)),
      .init("list_client_order_id", .optional(listClientOrderID?.text)),
      .init("quantity", .string(quantity.text())), .init("trigger_price", .string(triggerPrice.text())),
      .init("source", .string(source.rawValue)),
    ])
  }
}

extension Order {
  var json: JSONValue {
    .object([
      .init("symbol", .string(symbol.text)), .init("order_id", .string(venueOrderID.description)),
      .init("client_order_id", .string(clientOrderID.text)), .init("side", .string(side.rawValue)),
      .init("type", .string(type.name)), .init("status", .string(status.name)),
      .init("quantity", .string(quantity.text())), .init("executed_quantity", .string(executedQuantity.text())),
      .init("average_price", .optional(averagePrice?.text())),
    ])
  }
}

extension AlertRecord {
  fileprivate var json: JSONValue {
    .object([
      .init("kind", .string(kind)), .init("subject", .string(subject)), .init("severity", .string(severity.rawValue)),
      .init("message", .string(message)),
    ])
  }
}

extension PlanStep {
  var json: JSONValue {
    .object([
      .init("account", .string(account.text)), .init("command", .string(command.name)),
      .init("symbol", .string(command.symbol.text)), .init("reason", .string(reason)),
      .init("entry_order_id", .optional(lot?.venueOrderID.description)), .init("quantity", .string(quantity.text())),
      .init("source", .string(source.rawValue)), .init("orders", .array(command.orders)),
    ])
  }
}

extension VenueCommand {
  /// The orders that it would place or touch, in words.
  fileprivate var orders: [JSONValue] {
    switch self {
    case .placeOCO(let placement): [placement.takeProfit.json, placement.stop.json]
    case .placeLeg(let placement): [placement.terms.json]
    case .amend(let amendment):
      [
        .object([
          .init("order_id", .string(amendment.venueOrderID.description)),
          .init("new_quantity", .string(amendment.newQuantity.text())),
        ])
      ]
    case .cancelOrder(let cancel): [.object([.init("order_id", .string(cancel.venueOrderID.description))])]
    case .cancelList(let cancel): [.object([.init("order_list_id", .string(cancel.orderListID.description))])]
    case .placeEntry(let entry): [.object([.init("client_order_id", .string(entry.clientOrderID.text))])]
    }
  }
}

extension LegTerms {
  fileprivate var json: JSONValue {
    .object([
      .init("client_order_id", .string(clientOrderID.text)), .init("type", .string(type.name)),
      .init("trigger_price", .string(triggerPrice.text())), .init("limit_price", .string(limitPrice.text())),
    ])
  }
}
