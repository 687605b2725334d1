public import EventLoop
public import Venue

/// Sends requests to one origin through libcurl, on one thread of its own.
///
/// - Connections are kept and used again. Nothing that is not a read is ever sent twice: libcurl itself would repeat a
///   request whose reused connection dies before the first byte of an answer, so the second attempt is stopped before
///   it starts (fault RS17).
/// - A request ends in exactly one of three ways: an answer; *not sent*, when not one byte of it was handed to a
///   connection; or *lost*, when some may have arrived.
/// - TLS 1.2 or newer with the certificate checked against the host name; redirects are not followed; no proxy but a
///   configured one; a bound on the size of the answer.
/// - Texts name `HTTPRequest.label` only, never its target, headers or body (fault SE01).
public final class HTTPTransport: Sendable {
  /// Requests that wait or are under way. The core has one write per symbol and one snapshot outstanding; more is a bug
  /// upstream.
  public static let requestsMax = 1024
  /// At the same time on the wire. More only moves the queue to the venue's side.
  public static let concurrentMax = 8
  /// Of those, kept free for protective writes, so that no backlog of reads delays a stop.
  public static let concurrentReservedForProtection = 2

  private let loop: CurlLoop
  private let worker: WorkerThread

  public var origin: HTTPOrigin { loop.origin }

  /// Starts the thread; no connection is made yet.
  public init(
    origin: HTTPOrigin, configuration: HTTPTransportConfiguration = HTTPTransportConfiguration(),
    clock: MonotonicClock = .system, wallClock: WallClock = .system
  ) throws(HTTPTransportError) {
    loop = try CurlLoop(origin: origin, configuration: configuration, clock: clock, wallClock: wallClock)
    do {
      worker = try WorkerThread(name: "rest", capacity: 1)
    } catch {
      throw .cannotStart(error.description)
    }
    let loop = loop
    _ = worker.submit { loop.run() }
  }

  deinit {
    loop.stop()
    worker.stop()
  }

  /// Sends a request. Never blocks, so the loop thread may call it.
  ///
  /// - Parameters:
  ///   - deadline: for everything from this call to the last byte of the answer.
  ///   - completion: called exactly once, on the transport's thread, or on this one when the request is refused at
  ///     once. It must not block.
  public func perform(
    _ request: HTTPRequest, deadline: Duration, completion: @escaping @Sendable (HTTPResult) -> Void
  ) {
    loop.add(request, deadline: deadline, completion: completion)
  }

  /// As above. Cancelling the task does not take the request back.
  public func perform(_ request: HTTPRequest, deadline: Duration) async -> HTTPResult {
    await withCheckedContinuation { continuation in
      perform(request, deadline: deadline) { continuation.resume(returning: $0) }
    }
  }

  /// Ends what is under way (as *lost* or *not sent*) and the thread. May be called again.
  public func stop() {
    loop.stop()
    worker.stop()
  }

  /// Waits for the thread to end, after `stop`. Not from a completion.
  public func join() { worker.join() }
}
