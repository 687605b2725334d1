import Binance
import EventLoop
import RESTClient
import Trading
import Venue

/// The guardian's loop with libcurl as its only way to a server that the benchmark plays.
final class RESTGuardian {
  private static let deadline: Duration = .seconds(4)

  private let listener: LoopbackListener
  private let loop: LoopThread
  private let transport: HTTPTransport
  private let responder: FillResponder
  private let times = Inbox()

  init(symbols: [Symbol]) throws {
    listener = try LoopbackListener()
    loop = try LoopThread(name: "guardian")
    transport = try HTTPTransport(
      origin: HTTPOrigin("https://localhost:\(listener.port)"),
      configuration: HTTPTransportConfiguration(caFile: listener.caFile))
    responder = try FillResponder(loop: loop, symbols: symbols)
    let (responder, transport, times) = (responder, transport, times)
    responder.use { call, _ in
      let start = responder.startedAt
      guard
        let request = try? responder.requests.request(
          call, at: responder.venueNow, receiveWindow: .milliseconds(1500))
      else { return times.put(nil) }
      transport.perform(request, deadline: Self.deadline) { result in
        if case .response = result {
          times.put(Double(Stopwatch.nanoseconds - start) / 1000)
        } else {
          times.put(nil)
        }
      }
    }
    try loop.start()
  }

  var port: UInt16 { listener.port }
  var caFile: String { listener.caFile }
  var apiKey: String { responder.requests.credential.apiKey }

  func accept() throws -> LoopbackPeer { try listener.accept() }

  /// Lets a fill happen, and answers with the connection and the request that it brings.
  func connect(_ frame: [UInt8]) throws -> (peer: LoopbackPeer, request: [UInt8]) {
    fill(frame)
    let peer = try listener.accept()
    return (peer, try peer.readRequest())
  }

  func fill(_ frame: [UInt8]) {
    let responder = responder
    loop.enqueue {
      responder.receive(frame)
      responder.settle()
    }
  }

  /// Microseconds from the last fill to its answer.
  func waitForTime() throws -> Double { try times.wait() }

  func stop() {
    transport.stop()
    transport.join()
    loop.stop()
    loop.join()
  }
}
