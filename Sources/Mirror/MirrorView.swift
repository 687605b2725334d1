import Postgres

/// The views for people, by their names in the database.
public enum MirrorView: String, Hashable, Sendable, CaseIterable {
  case coverage, uncovered, orphans
  case openLots = "open_lots"
  case closedLots = "closed_lots"
  case layerShare = "layer_share"
  case placementLatency = "placement_latency"
  case residuals
  case recentActivity = "recent_activity"
  case alertsOpen = "alerts_open"
  case legOrders = "leg_orders"
}

/// Rows as text, for printing: what psql would show.
public struct MirrorTable: Hashable, Sendable {
  public let columns: [String]
  public let rows: [[String?]]

  init(_ result: ResultRows) {
    let columns = result.columnNames
    self.columns = columns
    rows = result.map { row in columns.indices.map { row.text(at: $0) } }
  }
}

extension MirrorReader {
  /// The view's rows, at most `limit`.
  public func table(_ view: MirrorView, limit: Int = 1000) throws(MirrorError) -> MirrorTable {
    do throws(PostgresError) {
      // The name is one of the cases above, never text from outside.
      let text = "select * from backstop.\(view.rawValue) limit $1"
      return MirrorTable(
        try session.execute(Statement(file: "read \(view.rawValue)", text: text, [.int64(Int64(limit))])))
    } catch { throw .postgres(error) }
  }
}
