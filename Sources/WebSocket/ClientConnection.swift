/// One WebSocket client connection without its transport: bytes in, events and bytes out (RFC 6455).
///
/// A value that reads no clock, no randomness and no socket. The shell that owns the transport keeps this contract:
///
/// **Once the transport stands** (TCP connected, TLS verified), make the connection; the opening request already
/// waits in the output. Send it.
///
/// **After each read**, in this order:
/// 1. Give the bytes to `receive(_:)`; at the end of the stream call `receiveEOF()`. Keep the returned events.
/// 2. Send what `takeOutput()` or `drainOutput(_:)` holds. Receiving queues pongs and the answer to a Close, and those
///    must not wait for the application.
/// 3. If `isCloseExpected` became true, start a deadline (a few seconds). The server closes TCP first (section
///    7.1.1), so go on reading until the end of the stream; when the deadline passes, close the transport. After
///    `.failed` or `.refused` nothing that comes is of interest: flush, then close, best by shutting down the sending
///    side and reading to the end, because closing on unread bytes resets the connection and may destroy our Close
///    frame.
/// 4. Handle the events, and send what that queued.
/// 5. While `isFailureDue` is true, call `receive([])` and start again at step 2: the server broke the protocol right
///    behind a message of this read, and the answer to that message goes out in front of the Close frame. A shell that
///    forgets this learns of the failure at its next read.
///
/// The hot path may do step 4 before step 2, so that an answer and a pong leave in one write.
///
/// **After each send call** send the output as in step 2. A send that throws has queued nothing.
///
/// **Deadlines are the shell's**: for the handshake (when it passes, call `receiveEOF()`: a refusal whose body lingers
/// is delivered as far as it came), for silence, and for closing.
///
/// Exactly one of these ends a connection: `.refused`, `.failed`, or `.closeReceived`; after it no event follows and
/// sends are refused. `receive` never throws: a violation by the server becomes a Close frame in the output and
/// `.failed` as the last event. Bytes given in after the end are discarded.
public struct ClientConnection: Sendable {
  /// Where the connection stands (RFC 6455 sections 4.1 and 7.1).
  public enum State: Equatable, Sendable {
    /// The opening request is out; its answer is not in. Goes to `open` or `closed`.
    case connecting
    /// Messages flow. Goes to any of the three below.
    case open
    /// Our Close is out, the server's is not in; messages still arrive. Goes to `closingRemote` or `closed`.
    case closingLocal
    /// The server's Close is in, and answered if ours was not first; what comes now is discarded. Goes to `closed`.
    case closingRemote
    /// The stream ended, the handshake was refused, or the connection was failed. Final.
    case closed
  }

  public private(set) var state = State.connecting
  private var handshake: OpeningHandshake
  private var reader: FrameReader
  private var output = OutputBuffer()
  private var maskKeys: MaskKeys
  /// Found behind a message of the last read; not yet reported.
  private var dueViolation: ProtocolViolation?
  private let maximumPendingOutputBytes: Int

  /// - Parameters:
  ///   - nonce: 16 bytes of randomness, new for each connection (section 4.1).
  ///   - maskKeys: seeded from the operating system's randomness, new for each connection (section 5.3).
  public init(
    request: OpeningRequest, nonce: [UInt8], limits: ConnectionLimits = .production, maskKeys: MaskKeys
  ) {
    precondition(nonce.count == 16, "the nonce of the opening handshake has 16 bytes")
    handshake = OpeningHandshake(request: request, nonce: nonce, limits: limits)
    reader = FrameReader(limits: limits)
    self.maskKeys = maskKeys
    maximumPendingOutputBytes = limits.maximumPendingOutputBytes
    output.append(contentsOf: handshake.requestBytes)
  }

  /// Whether the end of the stream is due: the closing handshake has begun, or the connection is over.
  public var isCloseExpected: Bool {
    switch state {
    case .connecting, .open: false
    case .closingLocal, .closingRemote, .closed: true
    }
  }

  /// Whether the server broke the protocol behind the last events: handle those, then call `receive([])`.
  public var isFailureDue: Bool { dueViolation != nil }

  // MARK: Receiving

  /// Takes bytes as they were read, in pieces of any size. Returns all events that they complete.
  public mutating func receive(_ bytes: UnsafeRawBufferPointer) -> [Event] {
    if let dueViolation { return fail(dueViolation) }
    var events: [Event] = []
    var cursor = 0
    do throws(ProtocolViolation) {
      try receive(bytes, at: &cursor, into: &events)
    } catch {
      // A message in front of the violation may be answered first, as if the two had come in two reads.
      if events.contains(where: \.isMessage) { dueViolation = error } else { events += fail(error) }
    }
    return events
  }

  /// Takes bytes as they were read, in pieces of any size. Returns all events that they complete.
  public mutating func receive(_ bytes: [UInt8]) -> [Event] {
    bytes.withUnsafeBytes { receive($0) }
  }

  /// The transport has ended, or a deadline of the shell passed and it is given up.
  public mutating func receiveEOF() -> [Event] {
    defer { state = .closed }
    if let dueViolation { return fail(dueViolation) }
    switch state {
    case .connecting:
      do throws(HandshakeViolation) {
        return [settle(try handshake.receiveEOF())]
      } catch {
        return fail(.handshake(error))
      }
    // Section 7.1.5: without a Close frame from the server the end is abnormal, whatever we had sent. There is nobody
    // left to send a Close frame to.
    case .open, .closingLocal: return [.failed(.endedWithoutClose)]
    case .closingRemote, .closed: return []
    }
  }

  private mutating func receive(
    _ bytes: UnsafeRawBufferPointer, at cursor: inout Int, into events: inout [Event]
  ) throws(ProtocolViolation) {
    while true {
      switch state {
      case .connecting:
        do throws(HandshakeViolation) {
          guard let outcome = try handshake.receive(bytes, at: &cursor) else { return }
          events.append(settle(outcome))
        } catch {
          throw .handshake(error)
        }
      case .open, .closingLocal:
        guard let arrival = try reader.next(bytes, at: &cursor) else { return }
        handle(arrival, into: &events)
      // Section 5.5.1: nothing follows a Close.
      case .closingRemote, .closed: return
      }
    }
  }

  private mutating func settle(_ outcome: OpeningHandshake.Outcome) -> Event {
    switch outcome {
    case .opened(let response):
      state = .open
      return .opened(response)
    case .refused(let refusal):
      state = .closed
      return .refused(refusal)
    }
  }

  private mutating func handle(_ arrival: FrameReader.Arrival, into events: inout [Event]) {
    switch arrival {
    case .message(.text(let payload)): events.append(.text(payload))
    case .message(.binary(let payload)): events.append(.binary(payload))
    case .ping(let payload):
      // Section 5.5.2. With the output full the peer is not reading, and section 5.5.3 lets us leave pings out.
      if hasRoom(for: payload.count) { queue(.pong, payload) }
      events.append(.ping(payload))
    case .pong(let payload): events.append(.pong(payload))
    case .close(let frame):
      // Section 5.5.1: answer with the code received, unless our own Close is out already.
      if state == .open { queue(.close, CloseFrame(code: frame.code).body) }
      state = .closingRemote
      events.append(.closeReceived(frame))
    }
  }

  /// "Fail the WebSocket Connection", section 7.1.7.
  private mutating func fail(_ violation: ProtocolViolation) -> [Event] {
    if state == .open { queue(.close, CloseFrame(code: violation.closeCode).body) }
    state = .closed
    dueViolation = nil
    return [.failed(violation)]
  }

  // MARK: Sending

  /// Queues a text message in one frame.
  public mutating func sendText(_ text: String) throws(SendRefusal) {
    try sendText(utf8: Array(text.utf8))
  }

  /// Queues a text message in one frame.
  public mutating func sendText(utf8: [UInt8]) throws(SendRefusal) {
    try utf8.withUnsafeBufferPointer { (bytes) throws(SendRefusal) in try sendText(utf8: UnsafeRawBufferPointer(bytes))
    }
  }

  /// Queues a text message in one frame. The bytes are copied before the call returns.
  public mutating func sendText(utf8: UnsafeRawBufferPointer) throws(SendRefusal) {
    var validator = UTF8Validator()
    guard validator.accept(utf8), validator.isAtBoundary else { throw .invalidUTF8 }
    try send(.text, utf8)
  }

  /// Queues a binary message in one frame.
  public mutating func sendBinary(_ bytes: [UInt8]) throws(SendRefusal) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(SendRefusal) in
      try send(.binary, UnsafeRawBufferPointer(bytes))
    }
  }

  /// Queues a ping (section 5.5.2); the server's pong carries the same payload.
  public mutating func sendPing(_ payload: [UInt8] = []) throws(SendRefusal) {
    try sendControl(.ping, payload)
  }

  /// Queues a pong that nobody asked for (section 5.5.3): a sign of life that wants no answer.
  public mutating func sendPong(_ payload: [UInt8] = []) throws(SendRefusal) {
    try sendControl(.pong, payload)
  }

  /// Begins the closing handshake (section 7.1.2). Messages may still arrive until the server's Close.
  public mutating func close(_ frame: CloseFrame = CloseFrame(code: .normal)) throws(SendRefusal) {
    let isAllowed = frame.code?.isAllowedOnWire ?? frame.reason.isEmpty
    guard isAllowed else { throw .invalidCloseCode }
    try sendControl(.close, frame.body)
    state = .closingLocal
  }

  private mutating func sendControl(_ opcode: Opcode, _ payload: [UInt8]) throws(SendRefusal) {
    guard payload.count <= FrameHeader.maximumControlPayloadBytes else { throw .controlPayloadTooLarge }
    try payload.withUnsafeBufferPointer { (bytes) throws(SendRefusal) in
      try send(opcode, UnsafeRawBufferPointer(bytes))
    }
  }

  private mutating func send(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer) throws(SendRefusal) {
    guard state == .open else { throw .notOpen }
    guard hasRoom(for: payload.count) else { throw .outputFull }
    output.append(opcode, payload: payload, key: maskKeys.next())
  }

  private mutating func queue(_ opcode: Opcode, _ payload: [UInt8]) {
    let key = maskKeys.next()
    payload.withUnsafeBytes { output.append(opcode, payload: $0, key: key) }
  }

  private func hasRoom(for payloadBytes: Int) -> Bool {
    payloadBytes + FrameEncoder.maximumHeaderBytes <= maximumPendingOutputBytes - output.count
  }

  // MARK: Output

  /// How many bytes wait to be sent.
  public var pendingOutputBytes: Int { output.count }

  /// Takes all bytes that wait to be sent; the caller now owes them to the transport, in this order.
  public mutating func takeOutput() -> [UInt8] {
    output.take()
  }

  /// Lets `write` send straight from the buffer; it answers how many bytes the transport took, and the rest stays.
  public mutating func drainOutput<Failure: Error>(
    _ write: (UnsafeRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) {
    try output.drain(write)
  }
}
