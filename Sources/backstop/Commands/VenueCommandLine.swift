import ArgumentParser
import Foundation
import PaperServer
import PaperVenue
import Trading

struct VenueCommandLine: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "venue",
    abstract: "Run the paper venue alone: a Binance-compatible Spot exchange on this machine, for any client.",
    discussion: """
      Listens with TLS and, on loopback only, without; the plain listener also has the admin endpoints that move \
      prices and inject faults. Writes ca.pem and keys.json into DIR, and a configuration with which `backstop run` \
      guards its account.

      EXAMPLES:
        backstop venue --dir venue
        backstop venue --dir venue --tls-port 8443 --plain-port 8080 --seed 7
        backstop venue --dir venue --candles btc-1m.csv
        backstop run --config venue/backstop.yml           in another terminal

      \(ExitStatus.table)
      """)

  @Option(help: "An existing or new folder for its certificate and keys.")
  var dir: String

  @Option(help: "Port of the TLS listener; 0 takes a free one.")
  var tlsPort = 0

  @Option(help: "Port of the plain listener on loopback; 0 takes a free one.")
  var plainPort = 0

  @Option(help: "Let the prices walk at random from this seed, one step per interval.")
  var seed: UInt64?

  @Option(help: "Play BTCUSDT from a CSV file of candles: timestamp,open,high,low,close.")
  var candles: String?

  @Option(help: "Milliseconds between two prices.")
  var interval = 250

  func validate() throws {
    guard (0...65_535).contains(tlsPort), (0...65_535).contains(plainPort) else {
      throw ValidationError("a port is a number from 0 to 65535")
    }
    guard (1...60_000).contains(interval) else { throw ValidationError("--interval is a number from 1 to 60000") }
  }

  func run() async throws {
    try await reportingFailures {
      let folder = dir.hasPrefix("/") ? dir : ConfigurationFile.workingDirectory + "/" + dir
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
        throw CommandFailure(.cannotCreate, "cannot make \(dir): \(String(cString: strerror(errno)))")
      }
      let prices = try priceSources()
      let signals = try StopSignals()
      var configuration = PaperServerConfiguration.demo(directory: folder)
      configuration.tlsPort = tlsPort
      configuration.plainPort = plainPort
      let server: VenueServer
      do { server = try await VenueServer.start(configuration) } catch {
        throw CommandFailure(.unavailable, "the paper venue cannot listen: \(error); choose other ports")
      }
      try VenueFiles.write(server, to: folder)
      report(server, folder)
      if !prices.isEmpty { try await server.run(prices, every: .milliseconds(interval)) }
      _ = await signals.wait()
      try await server.stop()
    }
  }

  private func priceSources() throws -> [(symbol: Symbol, source: any PriceSource)] {
    var sources: [(symbol: Symbol, source: any PriceSource)] = []
    if let seed {
      sources = [
        ("BTCUSDT", RandomWalk(seed: seed, start: "60000")), ("ETHUSDT", RandomWalk(seed: seed &+ 1, start: "3000")),
        ("BNBUSDT", RandomWalk(seed: seed &+ 2, start: "600")),
      ]
    }
    guard let candles else { return sources }
    guard let text = try? String(contentsOfFile: candles, encoding: .utf8) else {
      throw CommandFailure(.noInput, "cannot read \(candles)")
    }
    do throws(CandleError) {
      return sources.filter { $0.symbol != "BTCUSDT" } + [("BTCUSDT", try CandlePath(csv: text))]
    } catch {
      throw CommandFailure(.configuration, "\(candles): \(error)")
    }
  }

  private func report(_ server: VenueServer, _ folder: String) {
    Terminal.line("paper venue, account main with 100000 USDT and 10 BNB, account other with 50000 USDT")
    Terminal.line("  REST           https://\(server.tls.host):\(server.tls.port)")
    Terminal.line("  WebSocket API  wss://\(server.tls.host):\(server.tls.port)/ws-api/v3")
    Terminal.line("  market data    wss://\(server.tls.host):\(server.tls.port)/ws/<stream>")
    Terminal.line("  plain          http://\(server.plain.host):\(server.plain.port), ws://… (loopback only, /admin)")
    Terminal.line("  trust          \(server.caFile)")
    Terminal.line("  keys           \(server.keysFile)")
    Terminal.line("Guard it:  backstop run --config \(folder)/backstop.yml")
    Terminal.line("Stop it:   Ctrl-C")
  }
}
