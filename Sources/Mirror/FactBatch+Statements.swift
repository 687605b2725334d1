import Postgres
import Trading
import Venue

extension FactBatch {
  /// Everything that the transaction does, in a fixed order of tables and keys so that two writers cannot deadlock
  /// (fault DB06). Each statement is absolute or monotone: running them all a second time changes nothing (fault DB03).
  func statements(journal: Int64) -> [Statement] {
    var all: [Statement?] = [
      instruments.isEmpty ? nil : upsertInstruments(),
      orders.isEmpty ? nil : upsertOrders(),
      orderEvents.isEmpty ? nil : insertOrderEvents(journal),
      fills.isEmpty ? nil : insertFills(),
      brackets.isEmpty ? nil : upsertBrackets(),
      lots.isEmpty ? nil : upsertLots(journal),
      closures.isEmpty ? nil : upsertClosures(journal),
      legs.isEmpty ? nil : upsertLegs(journal),
      actions.isEmpty ? nil : upsertActions(journal),
      sweeps.isEmpty ? nil : upsertSweeps(journal),
      coverage.isEmpty ? nil : upsertCoverage(journal),
      naked.isEmpty ? nil : upsertNaked(journal),
      alerts.isEmpty ? nil : recordAlerts(),
      gaps.isEmpty ? nil : upsertGaps(journal),
      balances.isEmpty ? nil : upsertBalances(),
      residuals.isEmpty ? nil : upsertResiduals(journal),
      tradeCursors.isEmpty ? nil : upsertTradeCursors(),
      protectedSince.isEmpty ? nil : updateProtectedSince(),
      raw.isEmpty ? nil : insertRaw(journal),
    ]
    all.append(
      Statement(
        "advance the journal",
        """
        update backstop.journals
           set last_sequence = greatest(last_sequence, $2), last_applied_at = clock_timestamp()
         where journal_id = $1
        """, [.int64(journal), .int64(lastSequence)]))
    return all.compactMap(\.self)
  }
}
