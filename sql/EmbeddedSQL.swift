/// The SQL files of this folder, embedded in the binary: one file ships, and psql can still run each as it stands.
///
/// The lists are written by hand because their order matters and because a file that is forgotten here must be noticed:
/// a test compares them with the folders.
public enum EmbeddedSQL {
  public struct File: Hashable, Sendable {
    public let name: String
    public let text: String

    init(_ name: String, _ bytes: [UInt8]) {
      self.name = name
      text = String(decoding: bytes, as: UTF8.self)
    }
  }

  /// In the order in which they are applied. Only ever appended to; the first line of each says compatible or breaking.
  public static let migrations: [File] = [
    File("m0001_accounts.sql", PackageResources.m0001_accounts_sql),
    File("m0002_market.sql", PackageResources.m0002_market_sql),
    File("m0003_orders.sql", PackageResources.m0003_orders_sql),
    File("m0004_protection.sql", PackageResources.m0004_protection_sql),
    File("m0005_functions.sql", PackageResources.m0005_functions_sql),
    File("m0006_views.sql", PackageResources.m0006_views_sql),
    File("m0007_past.sql", PackageResources.m0007_past_sql),
  ]

  /// Each returns rows only when an invariant is broken; its first line says which.
  public static let checks: [File] = [
    File("c01_fill_sums.sql", PackageResources.c01_fill_sums_sql),
    File("c02_fills_without_order.sql", PackageResources.c02_fills_without_order_sql),
    File("c03_overfilled_orders.sql", PackageResources.c03_overfilled_orders_sql),
    File("c04_wallet_short.sql", PackageResources.c04_wallet_short_sql),
    File("c05_lot_growth.sql", PackageResources.c05_lot_growth_sql),
    File("c06_lot_closures.sql", PackageResources.c06_lot_closures_sql),
    File("c07_closures_oversell.sql", PackageResources.c07_closures_oversell_sql),
    File("c08_legs_without_lot.sql", PackageResources.c08_legs_without_lot_sql),
    File("c09_two_live_legs.sql", PackageResources.c09_two_live_legs_sql),
    File("c10_uncovered_unflagged.sql", PackageResources.c10_uncovered_unflagged_sql),
    File("c11_naked_untimed.sql", PackageResources.c11_naked_untimed_sql),
    File("c12_naked_unalerted.sql", PackageResources.c12_naked_unalerted_sql),
    File("c13_overdue_actions.sql", PackageResources.c13_overdue_actions_sql),
    File("c14_oversell.sql", PackageResources.c14_oversell_sql),
    File("c15_orphans.sql", PackageResources.c15_orphans_sql),
    File("c16_duplicate_open_names.sql", PackageResources.c16_duplicate_open_names_sql),
    File("c17_open_gaps.sql", PackageResources.c17_open_gaps_sql),
    File("c18_undocumented.sql", PackageResources.c18_undocumented_sql),
  ]
}
