/// Why something is done, or why a quantity is not protected: a closed vocabulary that stands in rows, metrics, plans
/// and alerts.
public enum Reason: String, Hashable, Sendable, CaseIterable {
  // Why an action is taken.
  /// A lot holds more than its legs cover.
  case uncovered
  /// The stop is already crossed: selling is the stop (OL07).
  case stopCrossed = "stop_crossed"
  /// A stop ended without filling (OL12), or triggered and does not fill (OL11, OL13).
  case stopFailed = "stop_failed"
  /// A maker take-profit filled in part and took the stop with it (R3).
  case makerPartial = "maker_partial"
  /// The legs cover more than the lot still holds.
  case excess
  /// A leg whose lot is closed.
  case orphan
  /// Room is made for uncovered quantity by merging lists: the only step that uncovers anything on purpose.
  case consolidate
  /// The guardian-watched take-profit price was reached.
  case watchedTakeProfit = "watched_take_profit"
  case flatten
  /// A bot's own entry (layer 3).
  case directEntry = "direct_entry"

  // Why a quantity is not (better) protected.
  /// A command for this symbol is on its way.
  case inFlight = "in_flight"
  /// A market entry is filling right now; its pieces are covered together.
  case entrySettling = "entry_settling"
  /// Less than any filter accepts; waits for the next fill.
  case belowMinimum = "below_minimum"
  /// The operator's policy leaves it alone.
  case ignored
  /// Base asset is held by an order that is not ours and is not a stop.
  case baseLocked = "base_locked_by_foreign_order"
  /// The wallet holds less than the lots say.
  case walletShort = "wallet_short"
  case noSlot = "no_algo_slot"
  case venueClosed = "venue_closed"
  case refused
  case backoff
  case frozen
  case paused
  case disarmed
  /// Nothing is known yet, or not any more.
  case unknown
  case takeProfitOnly = "take_profit_only"

  // What was given up to fit the venue's limits (DESIGN "Slots are a resource"), in this order.
  case degradedMakerTakeProfit = "degraded_maker_take_profit"
  case degradedOneTranche = "degraded_one_tranche"
  case degradedMergedLots = "degraded_merged_lots"
  case degradedStopOnly = "degraded_stop_only"
}
