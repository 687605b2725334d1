import Binance
import EventLoop
import Foundation
import StreamClient
import Trading
import Venue
import WebSocket

/// The guardian's loop with one private stream to a server that the benchmark plays.
final class StreamGuardian {
  private static let hour: Duration = .seconds(3600)

  private let listener: LoopbackListener
  private let loop: LoopThread
  private let resolver: Resolver
  private let responder: FillResponder
  private let stream: PrivateStream
  private let times = Locked<[Double]>([])
  private let isOpen = DispatchSemaphore(value: 0)

  init(symbols: [Symbol]) throws {
    listener = try LoopbackListener()
    loop = try LoopThread(name: "guardian")
    resolver = try Resolver()
    responder = try FillResponder(loop: loop, symbols: symbols)
    var timings = StreamTimings()
    // The server answers fills only.
    timings.pingInterval = Self.hour
    timings.probeInterval = Self.hour
    let url = try WebSocketURL("wss://localhost:\(listener.port)/ws-api/v3")
    let configuration = StreamConfiguration(
      request: try OpeningRequest(url: url), tls: try TLSContext(trust: .file(listener.caFile)), timings: timings)
    let (loop, responder, times, isOpen) = (loop, responder, times, isOpen)
    let credential = responder.requests.credential
    let slot = Slot()
    stream = PrivateStream(
      loop: loop, resolver: resolver, configuration: configuration, budget: Locked(ConnectionBudget()),
      makeDialect: { SpotStreamDialect(credential: credential) }, venueTime: { responder.venueNow },
      onMessage: { message in
        guard message.verdict == .event else { return }
        responder.receive(message.text)
        let elapsed = Double(loop.clock.nowNanoseconds - loop.wokeAtNanoseconds) / 1000
        responder.settle()
        times.withLock { $0.append(elapsed) }
      },
      onReport: { if case .opened = $0 { isOpen.signal() } })
    slot.stream = stream
    responder.use { call, id in
      guard
        let frame = try? responder.requests.frame(
          call, id: .number(id), at: responder.venueNow, receiveWindow: .milliseconds(1500))
      else { return }
      _ = slot.stream?.send(frame.text)
    }
    try loop.start()
    stream.start()
  }

  /// Where the way finds the stream that was made after it.
  private final class Slot: @unchecked Sendable {
    // Unchecked because it is written before the stream starts and read on the loop afterwards.
    weak var stream: PrivateStream?
  }

  var port: UInt16 { listener.port }

  func accept() throws -> LoopbackPeer { try listener.accept() }

  /// Plays the venue's part of the opening.
  func connect() throws -> LoopbackPeer {
    let peer = try listener.accept()
    try peer.upgrade()
    _ = try peer.readFrame()
    try peer.write(LoopbackPeer.frame(Array(#"{"id":"subscribe","status":200,"result":{"subscriptionId":0}}"#.utf8)))
    guard isOpen.wait(timeout: .now() + 10) == .success else { throw BenchmarkFailure("the stream did not open") }
    return peer
  }

  /// Bytes of one fill's frame and of the frame that answers it.
  func sizes(_ frames: inout FillFrames, _ peer: LoopbackPeer) throws -> (request: Int, answer: Int) {
    let request = LoopbackPeer.frame(frames.take())
    try peer.write(request)
    let answer = try peer.readFrame().count
    _ = try takeTimes(1)
    return (request.count, answer)
  }

  /// Microseconds of own time, one per fill since the last call.
  func takeTimes(_ count: Int) throws -> [Double] {
    for _ in 0..<5000 {
      if times.withLock({ $0.count >= count }) { break }
      Pause.milliseconds(1)
    }
    let found = times.withLock { times in
      defer { times = [] }
      return times
    }
    guard found.count == count else { throw BenchmarkFailure("\(found.count) of \(count) fills were answered") }
    return found
  }

  func stop() {
    stream.stop()
    loop.stop()
    loop.join()
    resolver.stop()
    resolver.join()
  }
}
