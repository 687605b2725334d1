import EventLoop
import Glibc
import Signing
import StreamClient
import TestSupport
import Testing
import Trading
import WebSocket

/// A loop, a resolver and a clock for one test, ended with it.
final class WireHarness: Sendable {
  let clock = ManualClock()
  let loop: LoopThread
  let resolver: Resolver

  init() throws {
    loop = try LoopThread(name: "test-loop", clock: clock.monotonic)
    resolver = try Resolver()
    try loop.start()
  }

  func stop() {
    resolver.stop()
    resolver.join()
    loop.stop()
    loop.join()
  }

  /// Runs `body` on the loop and waits for its value.
  func onLoop<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      loop.enqueue { continuation.resume(returning: body()) }
    }
  }

  /// Opens a session and tells its events in order; the stream ends with `ended`.
  func connect(
    to url: String, tls: TLSContext? = nil, limits: ConnectionLimits = .production,
    transportTimings: TransportTimings = TransportTimings(idle: nil),
    onEvent: @escaping @Sendable (WebSocketSession, WebSocketSession.Event) -> Void = { _, _ in }
  ) throws -> AsyncStream<WebSocketSession.Event> {
    let request = try OpeningRequest(url: WebSocketURL(url))
    let (events, continuation) = AsyncStream<WebSocketSession.Event>.makeStream()
    loop.enqueue { [loop, resolver] in
      let holder = Locked<WebSocketSession?>(nil)
      var entropy = Entropy.system
      let session = WebSocketSession(
        loop: loop, resolver: resolver, request: request, tls: tls, limits: limits, transportTimings: transportTimings,
        entropy: &entropy
      ) { event in
        if let session = holder.withLock({ $0 }) { onEvent(session, event) }
        continuation.yield(event)
        if case .ended = event {
          holder.withLock { $0 = nil }
          continuation.finish()
        }
      }
      holder.withLock { $0 = session }
      session.start()
    }
    return events
  }
}

extension AsyncStream<WebSocketSession.Event> {
  /// Waits for the end and returns how it was closed, and what came before.
  func untilEnd() async -> (messages: [[UInt8]], didOpen: Bool, closed: StreamError?) {
    var result: (messages: [[UInt8]], didOpen: Bool, closed: StreamError?) = ([], false, nil)
    for await event in self {
      switch event {
      case .opened: result.didOpen = true
      case .message(let bytes, _): result.messages.append(bytes)
      case .closed(let error): result.closed = error
      case .ping, .pong, .ended: break
      }
    }
    return result
  }
}

/// A private authority and the context that trusts it.
struct TestAuthority {
  static let now = WallClock.system.nowMicroseconds / 1_000_000
  let authority: CertificateAuthority
  let context: TLSContext

  init() throws {
    authority = try CertificateAuthority(validity: .days(2, around: Self.now))
    let directory = try temporaryDirectory()
    let files = CertificateFiles(directory: directory)
    defer {
      for file in [files.caFile, files.certificateFile, files.keyFile] { unlink(file) }
      rmdir(directory)
    }
    _ = try CertificateFiles.write(
      authority: authority, identity: authority.issue(validity: .days(1, around: Self.now)), into: directory)
    context = try TLSContext(trust: .file(files.caFile))
  }
}
