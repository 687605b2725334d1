import Mirror
import Postgres
import Schema
import TestSupport
import Testing
import Trading
import Venue

@Suite struct InvariantChecksTests {
  /// Per check: what breaks exactly the thing that it watches.
  static let damage: [(check: String, sql: String)] = [
    ("c01_fill_sums.sql", "delete from backstop.fills where trade_id = 10"),
    ("c02_fills_without_order.sql", "delete from backstop.orders where venue_order_id = 3"),
    ("c03_overfilled_orders.sql", "update backstop.orders set quantity = 0.5 where venue_order_id = 1"),
    (
      "c04_wallet_short.sql",
      """
      update backstop.lots set applied_at = now() - interval '1 hour';
      update backstop.balances set locked = locked - 0.00001 where asset = 'BTC';
      """
    ),
    ("c05_lot_growth.sql", "update backstop.lots set filled_quantity = filled_quantity + 1"),
    ("c06_lot_closures.sql", "update backstop.lot_closures set realized_pnl = realized_pnl + 0.000000000000000001"),
    ("c07_closures_oversell.sql", "update backstop.fills set quantity = 0.1 where trade_id = 20"),
    ("c08_legs_without_lot.sql", "update backstop.legs set entry_order_id = 99 where client_order_id = 'S2'"),
    (
      "c09_two_live_legs.sql",
      """
      insert into backstop.orders
      select (jsonb_populate_record(null::backstop.orders, to_jsonb(o) || '{"venue_order_id": 400}')).*
        from backstop.orders o where venue_order_id = 4
      """
    ),
    ("c10_uncovered_unflagged.sql", "update backstop.orders set is_open = false where venue_order_id = 4"),
    ("c11_naked_untimed.sql", "update backstop.coverage_states set state = 'partial'"),
    ("c12_naked_unalerted.sql", "update backstop.naked_intervals set ended_at = null"),
    ("c13_overdue_actions.sql", "update backstop.actions set state = 'ambiguous'"),
    ("c14_oversell.sql", "update backstop.orders set quantity = 5 where venue_order_id = 4"),
    ("c15_orphans.sql", "update backstop.lots set closed_at = now()"),
    ("c16_duplicate_open_names.sql", "update backstop.orders set client_order_id = 'S2' where venue_order_id = 5"),
    ("c17_open_gaps.sql", "update backstop.gaps set ended_at = null"),
    ("c18_undocumented.sql", "create table backstop.mystery (what text)"),
  ]

  static func sample() throws -> MirrorDatabase {
    MirrorDatabase(
      database: try TestDatabase.make(template: "sample") { configuration in
        let writer = try MirrorWriter(configuration, accounts: [SampleAccount.identity])
        for facts in SampleAccount.inputs { writer.record(facts, account: SampleAccount.account) }
        let isCommitted = writer.waitUntilCommitted(milliseconds: 60_000)
        #expect(isCommitted)
        writer.stop(drainingMilliseconds: 0)
      })
  }

  @Test func `every check has its damage here, and a sound account breaks none`() async throws {
    #expect(Self.damage.map(\.check) == EmbeddedSQL.checks.map(\.name))
    try await offPool {
      let sample = try Self.sample()
      #expect(try MirrorReader(sample.configuration).brokenInvariants() == [])
    }
  }

  @Test(arguments: damage) func `damage is found by the check that watches for it`(check: String, sql: String)
    async throws
  {
    try await offPool {
      let database = try Self.sample()
      try database.run(sql)
      let broken = try MirrorReader(database.configuration).brokenInvariants()
      let found = broken.first { $0.check == check }
      #expect(found?.evidence.rows.isEmpty == false, "found only \(broken.map(\.check))")
      #expect(found?.invariant.isEmpty == false)
    }
  }
}
