// The closed value sets of labels that more than one metric has, or that are long.
extension MetricCatalog {
  /// The layer that supplied the fact (DESIGN §1).
  static let source = MetricLabel("source", ["stream", "sweep", "direct"])

  /// Reason codes of what is not covered; a new code of the core counts as `other` until it is listed here.
  static let cause = MetricLabel(
    "cause",
    [
      "uncovered", "in_flight", "below_minimum", "base_locked_by_foreign_order", "wallet_short", "no_algo_slot",
      "venue_closed", "refused", "backoff", "frozen", "paused", "disarmed", "unknown", "stop_crossed", "stop_failed",
      "maker_partial", "consolidate", "take_profit_only", MetricLabel.other,
    ])

  /// Every kind of the core's alerts.
  static let alertKinds = [
    "naked", "protection_refused", "base_locked", "wallet_short", "frozen", "stop_crossed", "consolidating", "no_slot",
    "stream_down", "sweep_incomplete", "unauthorized", "rate_limited", "bracket_invalid", "unknown_order_state",
    MetricLabel.other,
  ]

  /// Why a sweep was asked for: the clock, the stream, people, or a refusal that only a fresh reading explains.
  static let sweepTriggers = [
    "start", "stream_opened", "interval", "history", "operator", "unknown_lot", "insufficient_balance",
    "duplicate_client_order_id", "amend_refused", "price_refused", "stop_crossed", "open_order_limit", "unknown_order",
    "unexplained_balance", "mirror_back", MetricLabel.other,
  ]

  /// Requests that the program makes, by method and path.
  static let endpoints = [
    "GET /api/v3/time", "GET /api/v3/exchangeInfo", "GET /api/v3/ticker/price", "GET /api/v3/account",
    "GET /api/v3/openOrders", "GET /api/v3/openOrderList", "GET /api/v3/allOrders", "GET /api/v3/orderList",
    "GET /api/v3/myTrades", "GET /api/v3/order", "POST /api/v3/order", "POST /api/v3/order/test",
    "DELETE /api/v3/order",
    "PUT /api/v3/order/amend/keepPriority", "POST /api/v3/orderList/oco", "DELETE /api/v3/orderList",
    MetricLabel.other,
  ]
}
