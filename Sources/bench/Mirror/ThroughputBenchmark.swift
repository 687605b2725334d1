import Mirror
import Postgres
import Trading
import Venue

/// Rows per second through the mirror's writer, beside COPY and merge of the same rows into the same table.
enum ThroughputBenchmark: Benchmark {
  static let name = "mirror-throughput"
  static let summary = "sustained order rows per second into PostgreSQL"

  private static let rounds = 3
  private static let orders = 30_000

  static func measure(_ effort: Effort) throws -> [Measurement] {
    let database = try BenchDatabase()
    defer { try? database.stop() }
    let connection = try database.connect()
    let rows = OrderRows(orders: effort.samples(orders))
    let copy = try CopyAndMerge(connection)
    let writer = try database.makeWriter()
    defer { writer.stop(drainingMilliseconds: 0) }
    let rounds = try Rounds(
      effort.rounds(Self.rounds),
      of: [
        {
          try database.empty(connection)
          let seconds = try Stopwatch.seconds { try copy.write(rows.states) }
          try check(connection, rows)
          return Double(rows.states.count) / seconds
        },
        {
          try database.empty(connection)
          let seconds = try Stopwatch.seconds {
            for order in rows.states { writer.record([.order(order, source: .stream)], account: "bench") }
            guard writer.waitUntilCommitted(milliseconds: 60_000) else {
              throw BenchmarkFailure("the mirror did not finish: \(writer.status)")
            }
          }
          try check(connection, rows)
          return Double(rows.states.count) / seconds
        },
      ])
    return [
      Measurement(
        name: "mirror: sustained throughput", value: rounds.median(1), unit: "rows/s",
        baselineName: "COPY and merge", baseline: rounds.median(0), ratio: rounds.ratio(1, to: 0),
        budgets: [.ratioAtLeast(0.7), .atLeast(40_000)], note: "order rows, half inserted and half updated")
    ]
  }

  /// Nothing may be missing, or the figure is of something else.
  private static func check(_ connection: PostgresConnection, _ rows: OrderRows) throws {
    let found = try connection.execute(
      Statement("count", "select count(*) as filled from backstop.orders where status = 'filled'"))
    let filled: Int64 = try found[0].value("filled")
    guard filled * 2 == rows.states.count else {
      throw BenchmarkFailure("\(filled) of \(rows.states.count / 2) orders are in the table")
    }
  }
}
