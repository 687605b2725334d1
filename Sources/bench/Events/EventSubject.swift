import Binance
import Foundation
import Reconciler
import Trading
import Venue

/// The frames of a round and what is measured on them. Each way has a core of its own, which a sweep tidies between
/// rounds.
final class EventSubject {
  private var story = OrderStory(clientPrefix: PreparedCore.quietPrefix)
  private var frames: [[UInt8]] = []
  private var events: [VenueEvent] = []
  private var coreOnly: CoreDriver
  private var wholeWay: CoreDriver
  private var dialect = SpotStreamDialect(credential: RequestCredential(apiKey: "bench", kind: .hmac) { _ in "" })
  private let decoder = SpotEventDecoder()
  private let codable = JSONDecoder()

  init() throws {
    let instrument = PreparedCore.instrument("BTCUSDT", base: "BTC")
    coreOnly = CoreDriver([instrument])
    wholeWay = CoreDriver([instrument])
    sweep()
    nextRound(10)
    for frame in frames {
      let ours = try decoder.decode(frame)
      let theirs = try CodableReport.decode(frame, with: codable)
      guard case .order(let update) = ours, update.order.venueOrderID.number == theirs.i else {
        throw BenchmarkFailure("the decoder and JSONDecoder read a frame differently")
      }
    }
  }

  var meanFrameBytes: Double { Double(frames.reduce(0) { $0 + $1.count }) / Double(max(1, frames.count)) }

  /// New frames, new ids, and a sweep for each core; not timed.
  func nextRound(_ roundTrips: Int) {
    sweep()
    frames.removeAll(keepingCapacity: true)
    for _ in 0..<roundTrips { frames += story.roundTrip() }
    events = frames.compactMap { try? decoder.decode($0) }
  }

  private func sweep() {
    for keyPath in [\EventSubject.coreOnly, \EventSubject.wholeWay] {
      self[keyPath: keyPath].advance(.seconds(15))
      self[keyPath: keyPath].requestSweep()
      self[keyPath: keyPath].answerSnapshots(at: story.venueTime, balances: [Balance(asset: "USDT", free: "10000")])
    }
  }

  // MARK: - Ways, each in events per processor second

  func decodeWithCodable(limit: Int) throws -> Double {
    var sum: Int64 = 0
    let part = frames.prefix(limit)
    let seconds = try Stopwatch.threadSeconds {
      for frame in part { sum &+= try CodableReport.decode(frame, with: codable).i }
    }
    guard sum > 0 else { throw BenchmarkFailure("JSONDecoder read nothing") }
    return Double(part.count) / seconds
  }

  func decode() throws -> Double {
    var reports = 0
    let seconds = try Stopwatch.threadSeconds {
      for frame in frames {
        guard dialect.receive(frame) == .event else { continue }
        if case .order = try decoder.decode(frame) { reports += 1 }
      }
    }
    guard reports == frames.count else { throw BenchmarkFailure("not every frame was an order event") }
    return Double(frames.count) / seconds
  }

  func core() -> Double {
    let seconds = Stopwatch.threadSeconds {
      for event in events { coreOnly.feed(.event(event)) }
    }
    return Double(events.count) / seconds
  }

  func whole() throws -> Double {
    let seconds = try Stopwatch.threadSeconds {
      for frame in frames {
        guard dialect.receive(frame) == .event else { continue }
        wholeWay.feed(.event(try decoder.decode(frame)))
      }
    }
    return Double(frames.count) / seconds
  }
}
