public import EventLoop
import Trading
public import WebSocket

/// One WebSocket connection on a loop: the protocol core (`WebSocket.ClientConnection`) over a transport.
///
/// The protective path runs inside one turn: bytes are read, the message is handed to `onEvent`, and what the handler
/// sends is written before anything else happens. Everything here is *loop only*.
public final class WebSocketSession: @unchecked Sendable {
  // Unchecked because all state is confined to the loop's thread, which every entry checks.
  public enum Event: Sendable {
    /// The handshake is complete; sends are possible.
    case opened
    /// A whole text or binary message.
    case message([UInt8], isText: Bool)
    /// The server's ping; already answered.
    case ping
    case pong([UInt8])
    /// The connection is over: exactly once, and no message follows. The socket may still be winding down.
    case closed(StreamError)
    /// The socket is gone: the last event, also after `cancel`.
    case ended
  }

  /// Deadlines above the transport's.
  public struct Timings: Sendable, Equatable {
    /// From the connected socket to the answer of the opening request.
    public var handshake: Duration
    /// From the first Close frame to the end of the stream (RFC 6455 section 7.1.1 lets the server close first).
    public var closing: Duration

    public init(handshake: Duration = .seconds(5), closing: Duration = .seconds(2)) {
      self.handshake = handshake
      self.closing = closing
    }
  }

  private enum Phase {
    case idle, connecting, handshaking, open
    /// `closed` was delivered, or we began to close.
    case closing
    case ended
  }

  private let loop: LoopThread
  private let transport: TransportConnection
  private let timings: Timings
  private let url: WebSocketURL
  private let isInsecure: Bool
  private var connection: ClientConnection
  private var onEvent: ((Event) -> Void)?
  private var phase = Phase.idle
  private var deliveredClosed = false
  private var deadline: TimerID?

  /// - Parameters:
  ///   - tls: needed for `wss`; without it only `ws` to this machine is possible.
  ///   - entropy: for the nonce and the mask keys (RFC 6455 sections 4.1 and 5.3).
  public init(
    loop: LoopThread, resolver: Resolver, request: OpeningRequest, tls: TLSContext?,
    limits: ConnectionLimits = .production, timings: Timings = Timings(),
    transportTimings: TransportTimings = TransportTimings(), entropy: inout Entropy,
    onEvent: @escaping (Event) -> Void
  ) {
    self.loop = loop
    self.timings = timings
    self.onEvent = onEvent
    url = request.url
    isInsecure = request.url.isSecure && tls == nil
    let security: TransportConnection.Security
    if request.url.isSecure, let tls { security = .tls(tls) } else { security = .plainLoopback }
    transport = TransportConnection(
      loop: loop, resolver: resolver, host: url.host, port: url.port, security: security, timings: transportTimings)
    let nonce = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &entropy) }
    let seed = (entropy.next(), entropy.next(), entropy.next(), entropy.next())
    connection = ClientConnection(request: request, nonce: nonce, limits: limits, maskKeys: MaskKeys(seed: seed))
  }

  /// Begins to connect. Events come later, never inside this call. The loop keeps the session alive until `ended`.
  public func start() {
    loop.checkIsolated()
    guard phase == .idle else { preconditionFailure("a session is started once") }
    phase = .connecting
    if isInsecure {
      loop.schedule(afterNanoseconds: 0) { [self] in
        deliverClosed(.insecure(host: url.host))
        end()
      }
    } else {
      transport.start(self)
    }
  }

  /// Sends a text message now. Bytes that the socket does not take wait in order, up to
  /// `ConnectionLimits.maximumPendingOutputBytes`.
  ///
  /// - Throws: when nothing was queued, so that the outcome is certain.
  public func send(text: [UInt8]) throws(SendRefusal) {
    loop.checkIsolated()
    guard phase == .open else { throw .notOpen }
    try connection.sendText(utf8: text)
    flush()
  }

  public func send(binary: [UInt8]) throws(SendRefusal) {
    loop.checkIsolated()
    guard phase == .open else { throw .notOpen }
    try connection.sendBinary(binary)
    flush()
  }

  /// The server answers with the same payload, at most 125 bytes.
  public func ping(_ payload: [UInt8]) throws(SendRefusal) {
    loop.checkIsolated()
    guard phase == .open else { throw .notOpen }
    try connection.sendPing(payload)
    flush()
  }

  /// Bytes that wait because the socket does not take them.
  public var pendingOutputBytes: Int { connection.pendingOutputBytes }

  /// Begins the closing handshake; `closed` and `ended` follow within `Timings.closing`. Before the connection is
  /// open it is dropped.
  public func close(_ code: CloseCode = .normal) {
    loop.checkIsolated()
    guard phase == .open, (try? connection.close(CloseFrame(code: code))) != nil else {
      if phase == .connecting || phase == .handshaking { cancel() }
      return
    }
    flush()
    armClosingDeadline()
  }

  /// Drops the connection now: `ended` follows, nothing else. `reset` is for a peer that is believed dead.
  public func cancel(reset: Bool = false) {
    loop.checkIsolated()
    guard phase != .ended else { return }
    deliveredClosed = true
    transport.close(reset: reset)
    // Later, so that a handler that cancels is not called again inside its own call.
    loop.schedule(afterNanoseconds: 0) { [self] in end() }
  }

  // MARK: inside

  private func take(_ first: [ClientConnection.Event]) {
    var events = first
    while true {
      // A pong alone must not wait; with a message in hand its answer and the pong leave in one write.
      for event in events { deliver(event) }
      flush()
      guard connection.isFailureDue, phase != .ended else { break }
      events = connection.receive([])
    }
    if connection.isCloseExpected && phase == .open { armClosingDeadline() }
  }

  private func deliver(_ event: ClientConnection.Event) {
    guard !deliveredClosed else { return }
    switch event {
    case .opened:
      phase = .open
      disarm()
      onEvent?(.opened)
    case .text(let payload): onEvent?(.message(payload, isText: true))
    case .binary(let payload): onEvent?(.message(payload, isText: false))
    case .ping: onEvent?(.ping)
    case .pong(let payload): onEvent?(.pong(payload))
    case .refused(let refusal):
      deliverClosed(.refused(status: refusal.status, retryAfterSeconds: refusal.retryAfterSeconds))
      windDown()
    case .closeReceived(let frame):
      deliverClosed(.closed(frame.code ?? .noStatusReceived))
      armClosingDeadline()
    case .failed(.endedWithoutClose): deliverClosed(.ended(errno: nil))
    case .failed(let violation):
      deliverClosed(.violation(violation))
      windDown()
    }
  }

  private func deliverClosed(_ error: StreamError) {
    guard !deliveredClosed else { return }
    deliveredClosed = true
    onEvent?(.closed(error))
  }

  /// After a refusal or a failure nothing that comes is of interest; closing on unread bytes would reset the
  /// connection and might destroy our Close frame.
  private func windDown() {
    flush()
    transport.finishWriting()
    armClosingDeadline()
  }

  private func armClosingDeadline() {
    guard phase != .closing, phase != .ended else { return }
    phase = .closing
    disarm()
    deadline = loop.schedule(afterNanoseconds: timings.closing.wholeNanoseconds) { [self] in
      deadline = nil
      deliverClosed(.stopped)
      transport.close()
      end()
    }
  }

  private func flush() {
    guard connection.pendingOutputBytes > 0 else { return }
    connection.drainOutput { transport.write($0) }
  }

  private func disarm() {
    if let deadline { loop.cancel(deadline) }
    deadline = nil
  }

  private func end() {
    guard phase != .ended else { return }
    phase = .ended
    disarm()
    let onEvent = onEvent
    self.onEvent = nil
    onEvent?(.ended)
  }
}

extension WebSocketSession: TransportDelegate {
  func transportDidConnect() {
    guard phase == .connecting else { return }
    phase = .handshaking
    deadline = loop.schedule(afterNanoseconds: timings.handshake.wholeNanoseconds) { [self] in
      deadline = nil
      // A refusal whose body lingers is delivered as far as it came.
      let late = connection.receiveEOF()
      for case .refused(let refusal) in late { deliver(.refused(refusal)) }
      deliverClosed(.timeout(.handshake))
      transport.close()
      end()
    }
    flush()
  }

  func transportDidReceive(_ bytes: UnsafeRawBufferPointer) {
    guard phase != .ended else { return }
    take(connection.receive(bytes))
  }

  func transportCanWrite() {
    flush()
  }

  func transportDidEnd(_ error: StreamError?) {
    guard phase != .ended else { return }
    if let error, phase == .connecting || error != .ended(errno: nil) {
      deliverClosed(error)
    } else {
      for event in connection.receiveEOF() { deliver(event) }
      deliverClosed(.ended(errno: nil))
    }
    end()
  }
}
