import Postgres
import Trading

/// The fastest usual way to bring many rows into a table that may have them: COPY into a temporary table, then one
/// merging statement, per transaction.
struct CopyAndMerge {
  static let batchRows = 2000

  private let connection: PostgresConnection

  init(_ connection: PostgresConnection) throws {
    self.connection = connection
    try connection.execute(
      Statement(
        "make the staging table",
        """
        create temporary table if not exists staging
          (like backstop.orders including defaults) on commit delete rows
        """))
  }

  func write(_ orders: [Order]) throws {
    for start in stride(from: 0, to: orders.count, by: Self.batchRows) {
      let batch = orders[start..<min(start + Self.batchRows, orders.count)]
      try connection.execute(Statement("begin", "begin"))
      try connection.copyIn(Self.copy, Self.text(batch))
      try connection.execute(Self.merge)
      try connection.execute(Statement("commit", "commit"))
    }
  }

  private static let copy = Statement(
    "copy orders",
    """
    copy staging (
      account, symbol, venue_order_id, client_order_id, side, type, time_in_force, status, status_rank, is_open, price,
      trigger_price, quantity, executed_quantity, executed_quote, prevented_quantity, is_working, source,
      venue_created_at, venue_time, received_at) from stdin
    """)

  private static let merge = Statement(
    "merge orders",
    """
    insert into backstop.orders as o
    select * from staging
    on conflict (account, symbol, venue_order_id) do update set
      client_order_id = excluded.client_order_id, side = excluded.side, type = excluded.type,
      time_in_force = excluded.time_in_force, status = excluded.status, status_rank = excluded.status_rank,
      is_open = excluded.is_open, price = excluded.price, trigger_price = excluded.trigger_price,
      quantity = excluded.quantity, executed_quantity = excluded.executed_quantity,
      executed_quote = excluded.executed_quote, prevented_quantity = excluded.prevented_quantity,
      is_working = excluded.is_working, venue_time = excluded.venue_time, received_at = excluded.received_at,
      applied_at = now()
    where (excluded.status_rank, excluded.executed_quantity, excluded.venue_time)
        >= (o.status_rank, o.executed_quantity, o.venue_time)
    """)

  private static func text(_ orders: ArraySlice<Order>) -> CopyText {
    var text = CopyText()
    let received = Timestamp(milliseconds: 1_763_700_002_000).description
    for order in orders {
      text.append("bench")
      text.append(order.symbol.text)
      text.append(order.venueOrderID.number)
      for value in [order.clientOrderID.text, order.side.rawValue, order.type.name, order.timeInForce.name] {
        text.append(value)
      }
      text.append(order.status.name)
      text.append(Int64(order.status.rank))
      text.append(order.isOpen ? "t" : "f")
      let figures = [
        order.price, order.triggerPrice, order.quantity, order.executedQuantity, order.executedQuote,
        order.preventedQuantity,
      ]
      for figure in figures { text.append(figure.text()) }
      text.append(order.isWorking.map { $0 ? "t" : "f" })
      text.append("stream")
      text.append(order.createdAt?.description)
      text.append(order.updatedAt.description)
      text.append(received)
      text.endRow()
    }
    return text
  }
}
