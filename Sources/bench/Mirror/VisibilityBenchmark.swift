import EventLoop
import Mirror
import Postgres
import Trading
import Venue

/// From a fact handed to the mirror to its row seen by somebody else's query, at a steady rate of events.
enum VisibilityBenchmark: Benchmark {
  static let name = "mirror-latency"
  static let summary = "event to row visible in PostgreSQL at 1 000 events/s"

  private static let rounds = 3
  private static let events = 2000
  private static let gap: Int64 = 1_000_000

  static func measure(_ effort: Effort) throws -> [Measurement] {
    let database = try BenchDatabase()
    defer { try? database.stop() }
    let writer = try database.makeWriter()
    defer { writer.stop(drainingMilliseconds: 0) }
    let watcher = try RowWatcher(database.configuration)
    defer { watcher.stop() }
    var ours = Samples()
    var theirs = Samples()
    var nextOrder: Int64 = 1
    for round in 0...effort.rounds(rounds) {
      let count = effort.samples(events)
      let mirrored = try visibility(count, from: nextOrder, watcher) { writer.record($0, account: "bench") }
      nextOrder += Int64(count)
      let connection = try database.connect()
      let single = try visibility(count, from: nextOrder, watcher) { try insert($0, connection) }
      nextOrder += Int64(count)
      connection.close()
      guard round > 0 else { continue }
      for value in mirrored.values { ours.append(value) }
      for value in single.values { theirs.append(value) }
    }
    return [row("p50", 0.5, ours, theirs, []), row("p99", 0.99, ours, theirs, [.atMost(20)])]
  }

  private static func row(
    _ label: String, _ part: Double, _ ours: Samples, _ theirs: Samples, _ budgets: [Budget]
  ) -> Measurement {
    let value = ours.percentile(part)
    let baseline = theirs.percentile(part)
    return Measurement(
      name: "mirror: event to visible row, \(label)", value: value, unit: "ms",
      baselineName: "ms, one statement per event", baseline: baseline, ratio: value / baseline, budgets: budgets,
      note: part == 0.5 ? "an event is an order, its event row and its fill; the baseline writes the order alone" : "")
  }

  /// Milliseconds from each event to the first query that saw it.
  private static func visibility(
    _ count: Int, from first: Int64, _ watcher: RowWatcher, record: ([Fact]) throws -> Void
  ) throws -> Samples {
    var recordedAt: [Int64] = []
    let start = Stopwatch.nanoseconds
    for step in 0..<count {
      Pause.until(start + Int64(step) * gap)
      recordedAt.append(Stopwatch.nanoseconds)
      try record(facts(order: first + Int64(step)))
    }
    let sightings = try watcher.sightings(through: first + Int64(count) - 1)
    var samples = Samples()
    var index = 0
    for step in 0..<count {
      while sightings[index].order < first + Int64(step) { index += 1 }
      samples.append(Double(sightings[index].at - recordedAt[step]) / 1e6)
    }
    return samples
  }

  private static func facts(order number: Int64) -> [Fact] {
    let time = Timestamp(microseconds: WallClock.system.nowMicroseconds)
    let order = Order(
      symbol: "BTCUSDT", venueOrderID: VenueOrderID(number), clientOrderID: ClientOrderID("bot-\(number)"), side: .buy,
      type: .limit, status: .filled, price: "60000", quantity: "0.001", executedQuantity: "0.001", executedQuote: "60",
      isWorking: false, createdAt: time, updatedAt: time)
    let fill = Fill(
      symbol: "BTCUSDT", tradeID: TradeID(number), venueOrderID: order.venueOrderID, side: .buy, price: "60000",
      quantity: "0.001", venueTime: time)
    let update = OrderUpdate(order: order, execution: .trade, fill: fill, executionID: number, eventTime: time)
    return [.orderEvent(update), .order(order, source: .stream), .fill(fill, source: .stream)]
  }

  private static func insert(_ facts: [Fact], _ connection: PostgresConnection) throws {
    for case .order(let order, _) in facts {
      try connection.execute(
        Statement(
          "insert one order",
          """
          insert into backstop.orders (
            account, symbol, venue_order_id, client_order_id, side, type, time_in_force, status, status_rank, is_open,
            price, trigger_price, quantity, executed_quantity, executed_quote, prevented_quantity, source, venue_time,
            received_at)
          values ('bench', $1, $2, $3, 'buy', 'limit', 'gtc', 'filled', 4, false, 60000, 0, 0.001, 0.001, 60, 0,
            'stream', now(), now())
          on conflict do nothing
          """,
          [
            .text(order.symbol.text), .int64(order.venueOrderID.number), .text(order.clientOrderID.text),
          ]))
    }
  }
}
