import EventLoop
import Foundation
import Postgres

/// Somebody else who looks at the orders table all the time, on a thread and a connection of his own.
final class RowWatcher: Sendable {
  struct Sighting: Sendable {
    /// Largest order number that the query saw.
    var order: Int64
    /// When its answer was there.
    var at: Int64
  }

  private struct State {
    var sightings: [Sighting] = []
    var isStopped = false
    var failure: String?
  }

  private static let pollNanoseconds: Int64 = 300_000
  private static let patienceMilliseconds = 10_000

  private let state = Locked(State())
  private let worker: WorkerThread

  init(_ configuration: PostgresConfiguration) throws {
    worker = try WorkerThread(name: "row watcher", capacity: 1)
    _ = worker.submit { [state] in
      do { try Self.watch(configuration, state) } catch { state.withLock { $0.failure = "\(error)" } }
    }
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    worker.stop()
    worker.join()
  }

  private static func watch(_ configuration: PostgresConfiguration, _ state: Locked<State>) throws {
    let connection = try PostgresConnection(configuration)
    let newest = Statement(
      "newest order",
      """
      select venue_order_id from backstop.orders where account = 'bench' and symbol = 'BTCUSDT'
       order by venue_order_id desc limit 1
      """)
    var last: Int64 = 0
    while !state.withLock({ $0.isStopped }) {
      let rows = try connection.execute(newest)
      let at = Stopwatch.nanoseconds
      let order: Int64 = rows.isEmpty ? 0 : try rows[0].value("venue_order_id")
      if order > last {
        last = order
        state.withLock { $0.sightings.append(Sighting(order: order, at: at)) }
      }
      Pause.nanoseconds(pollNanoseconds)
    }
    connection.close()
  }

  /// What was seen since the last call, once the given order has been seen.
  func sightings(through order: Int64) throws -> [Sighting] {
    for _ in 0..<Self.patienceMilliseconds {
      let (isComplete, failure) = state.withLock { (($0.sightings.last?.order ?? 0) >= order, $0.failure) }
      if let failure { throw BenchmarkFailure("the orders table could not be read: \(failure)") }
      if isComplete {
        return state.withLock { state in
          defer { state.sightings = [] }
          return state.sightings
        }
      }
      Pause.milliseconds(1)
    }
    throw BenchmarkFailure("order \(order) did not become visible")
  }
}
