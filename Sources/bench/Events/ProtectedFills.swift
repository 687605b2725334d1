import Binance
import Reconciler
import Trading
import Venue

/// What a fill costs when it opens a lot that is protected by two order lists, in processor time.
struct ProtectedFills {
  /// Microseconds per fill, medians over the rounds.
  let untilCommand: Double
  let untilCovered: Double

  init(rounds: Int, fills: Int) throws {
    var first = Samples()
    var whole = Samples()
    for _ in 0..<rounds {
      let round = try Self.round(fills)
      first.append(round.command / Double(fills) * 1e6)
      whole.append(round.covered / Double(fills) * 1e6)
    }
    untilCommand = first.median
    untilCovered = whole.median
  }

  private static func round(_ fills: Int) throws -> (command: Double, covered: Double) {
    var frames = FillFrames(count: fills)
    let instruments = frames.symbols.map { PreparedCore.instrument($0, base: Asset(String($0.text.dropLast(4)))) }
    let time = Timestamp(milliseconds: 1_763_700_000_000)
    var driver = CoreDriver(instruments)
    driver.answerSnapshots(at: time, balances: [Balance(asset: "USDT", free: "1000000")])
    var venue = AcceptingVenue()
    let decoder = SpotEventDecoder()
    var seconds = (command: 0.0, covered: 0.0)
    for _ in 0..<fills {
      let frame = frames.take()
      let command = try Stopwatch.threadSeconds { driver.feed(.event(try decoder.decode(frame))) }
      let rest = Stopwatch.threadSeconds {
        while let (id, command) = driver.takeCommand() {
          driver.feed(.outcome(id: id, .accepted(venue.receipt(of: command, at: time))))
        }
      }
      seconds = (seconds.command + command, seconds.covered + command + rest)
    }
    guard driver.core.status.legs.count == 4 * fills else {
      throw BenchmarkFailure("\(driver.core.status.legs.count) legs for \(fills) fills")
    }
    return seconds
  }
}
