import Binance
import EventLoop
import Foundation
import RESTClient
import Trading
import Venue

/// The second way of the same command: a fill's bytes in hand until the venue's answer to the POST is there.
enum RESTBenchmark: Benchmark {
  static let name = "rest"
  static let summary = "fill to protective order answered, libcurl over TLS"

  private static let rounds = 5
  private static let fills = 300
  private static let gap: Int64 = 700_000
  private static let answer: [UInt8] = {
    let body = String(repeating: "x", count: 900)
    return Array(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
  }()

  static func measure(_ effort: Effort) throws -> [Measurement] {
    let count = effort.samples(fills)
    let rounds = effort.rounds(rounds)
    var frames = FillFrames(count: count * (rounds + 1) + 1)
    let guardian = try RESTGuardian(symbols: frames.symbols)
    defer { guardian.stop() }
    let first = try guardian.connect(frames.take())
    let body = first.request[(first.request.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound ?? 0)...]
    try first.peer.write(answer)
    _ = try guardian.waitForTime()
    let bare = try BarePost(
      url: "https://localhost:\(guardian.port)/api/v3/orderList/oco", caFile: guardian.caFile,
      apiKey: guardian.apiKey, body: Array(body))
    defer { bare.stop() }
    let times = Inbox()
    bare.post { times.put($0) }
    let barePeer = try guardian.accept()
    try serve(barePeer)
    _ = try times.wait()
    var (ours, theirs) = (Samples(), Samples())
    for round in 0...rounds {
      for step in 0..<(2 * count) {
        Pause.nanoseconds(gap)
        if step % 2 == 0 {
          guardian.fill(frames.take())
          try serve(first.peer)
          let time = try guardian.waitForTime()
          if round > 0 { ours.append(time) }
        } else {
          bare.post { times.put($0) }
          try serve(barePeer)
          let time = try times.wait()
          if round > 0 { theirs.append(time) }
        }
      }
    }
    return [row("p50", 0.5, ours, theirs, [.ratioAtMost(2)], body.count), row("p99", 0.99, ours, theirs, [], 0)]
  }

  private static func serve(_ peer: LoopbackPeer) throws {
    _ = try peer.readRequest()
    try peer.write(answer)
  }

  private static func row(
    _ label: String, _ part: Double, _ ours: Samples, _ theirs: Samples, _ budgets: [Budget], _ bytes: Int
  ) -> Measurement {
    let (value, baseline) = (ours.percentile(part), theirs.percentile(part))
    return Measurement(
      name: "rest: fill to answer, \(label)", value: value, unit: "µs", baselineName: "bare libcurl POST",
      baseline: baseline, ratio: value / baseline, budgets: budgets,
      note: bytes > 0 ? "decoded, decided, signed, posted on libcurl's own thread; \(bytes) bytes of form" : "")
  }
}
