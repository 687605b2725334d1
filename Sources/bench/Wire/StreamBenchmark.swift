import Binance
import EventLoop
import StreamClient
import Trading
import Venue
import WebSocket

/// A fill on the private stream until its protective order is written, over TLS on loopback.
enum StreamBenchmark: Benchmark {
  static let name = "stream"
  static let summary = "fill bytes readable to protective order written, WebSocket over TLS"

  private static let rounds = 6
  private static let fills = 500
  /// Threads fall asleep in between, as they do in life.
  private static let gap: Int64 = 700_000

  static func measure(_ effort: Effort) throws -> [Measurement] {
    let count = effort.samples(fills)
    let rounds = effort.rounds(rounds)
    var frames = FillFrames(count: count * (rounds + 1) + 1)
    let guardian = try StreamGuardian(symbols: frames.symbols)
    defer { guardian.stop() }
    let peer = try guardian.connect()
    let (requestBytes, answerBytes) = try guardian.sizes(&frames, peer)
    let echo = try EchoPeer(port: guardian.port, answerBytes: answerBytes, requestBytes: requestBytes)
    var echoServer: LoopbackPeer? = try guardian.accept()
    defer {
      echoServer = nil
      echo.join()
    }
    var results = Results()
    for round in 0...rounds {
      let ours = try push(count, peer, { LoopbackPeer.frame(frames.take()) }, { try peer.readFrame().count })
      let own = try guardian.takeTimes(count)
      guard let server = echoServer else { continue }
      let request = [UInt8](repeating: 0x79, count: requestBytes)
      let bare = try push(
        count, server, { request }, { try server.read { $0.count >= answerBytes ? answerBytes : nil }.count })
      let bareOwn = echo.takeTimes()
      guard round > 0 else { continue }
      results.add(ours, own, bare, bareOwn)
    }
    return results.measurements(requestBytes, answerBytes)
  }

  /// Microseconds from each write to the whole answer, as the server sees it.
  private static func push(
    _ count: Int, _ peer: LoopbackPeer, _ request: () -> [UInt8], _ answer: () throws -> Int
  ) throws -> [Double] {
    var times: [Double] = []
    for _ in 0..<count {
      let bytes = request()
      Pause.nanoseconds(gap)
      let start = Stopwatch.nanoseconds
      try peer.write(bytes)
      _ = try answer()
      times.append(Double(Stopwatch.nanoseconds - start) / 1000)
    }
    return times
  }

  private struct Results {
    private var ours = Samples()
    private var own = Samples()
    private var bare = Samples()
    private var bareOwn = Samples()

    mutating func add(_ ours: [Double], _ own: [Double], _ bare: [Double], _ bareOwn: [Double]) {
      for value in ours { self.ours.append(value) }
      for value in own { self.own.append(value) }
      for value in bare { self.bare.append(value) }
      for value in bareOwn { self.bareOwn.append(value) }
    }

    func measurements(_ requestBytes: Int, _ answerBytes: Int) -> [Measurement] {
      [
        row("stream: own time, p50", own, bareOwn, 0.5, [.atMost(50), .ratioAtMost(2.5)])
          .noted("from epoll's return to the return of SSL_write; \(requestBytes) bytes in, \(answerBytes) out"),
        row("stream: own time, p99", own, bareOwn, 0.99, [.atMost(250)]),
        row("stream: round trip, p50", ours, bare, 0.5, []).noted("as the server sees it, TLS and the kernel included"),
        row("stream: round trip, p99", ours, bare, 0.99, []),
      ]
    }

    private func row(
      _ name: String, _ ours: Samples, _ bare: Samples, _ part: Double, _ budgets: [Budget]
    ) -> Measurement {
      let (value, baseline) = (ours.percentile(part), bare.percentile(part))
      return Measurement(
        name: name, value: value, unit: "µs", baselineName: "bare OpenSSL epoll echo", baseline: baseline,
        ratio: value / baseline, budgets: budgets)
    }
  }
}

extension Measurement {
  func noted(_ note: String) -> Measurement {
    var copy = self
    copy.note = note
    return copy
  }
}
