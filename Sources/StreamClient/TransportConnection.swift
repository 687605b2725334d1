import CLinux
import EventLoop
import Glibc
import Trading

/// Hears from a transport, on its loop. A call may close the transport.
protocol TransportDelegate: AnyObject {
  /// TCP stands and, under TLS, the certificate was verified. Nothing was sent before.
  func transportDidConnect()
  /// The bytes are valid during the call only.
  func transportDidReceive(_ bytes: UnsafeRawBufferPointer)
  /// Bytes that `write` did not take may be offered again.
  func transportCanWrite()
  /// The last call, exactly once unless we closed: nil when the peer ended its side in order.
  func transportDidEnd(_ error: StreamError?)
}

/// One TCP connection, plain or TLS, non-blocking, on a loop: resolves, tries the addresses in order, connects,
/// verifies, then moves bytes. It buffers nothing: what `write` does not take stays with the caller.
///
/// Everything here is *loop only*.
final class TransportConnection: @unchecked Sendable {
  // Unchecked because all state is confined to the loop's thread, which every entry checks.
  enum Security: Sendable {
    case tls(TLSContext)
    /// Without encryption, to this machine only: local paper venue, conformance suite.
    case plainLoopback
  }

  private enum State {
    case idle
    case resolving
    case connecting
    case securing(TLSSession)
    case open(ByteChannel)
    case ended
  }

  /// One TLS record's payload; also what a burst is read in.
  private static let readBufferBytes = 16 << 10
  /// Reads per turn of the loop: 1 MiB, then other connections have theirs.
  private static let readsPerTurn = 64

  private let loop: LoopThread
  private let resolver: Resolver
  private let host: String
  private let port: UInt16
  private let security: Security
  private let timings: TransportTimings
  private var delegate: (any TransportDelegate)?

  private var state = State.idle
  private var addresses: [ResolvedAddress] = []
  private var nextAddress = 0
  private var lastFailure: StreamError?
  private var descriptor: Int32 = -1
  private var watch: DescriptorID?
  private var connectTimer: TimerID?
  private var addressTimer: TimerID?
  private var idleTimer: TimerID?
  private var lastReceivedNanoseconds: Int64 = 0
  private var wantsWritable = false
  private let buffer: UnsafeMutableRawBufferPointer

  init(
    loop: LoopThread, resolver: Resolver, host: String, port: UInt16, security: Security, timings: TransportTimings
  ) {
    self.loop = loop
    self.resolver = resolver
    self.host = host
    self.port = port
    self.security = security
    self.timings = timings
    buffer = .allocate(byteCount: Self.readBufferBytes, alignment: 16)
  }

  deinit {
    buffer.deallocate()
    // The watch retains the connection, so an open descriptor here means that it was never watched.
    if descriptor >= 0 { Glibc.close(descriptor) }
  }

  /// Begins. The delegate is retained until the end.
  func start(_ delegate: any TransportDelegate) {
    loop.checkIsolated()
    guard case .idle = state else { preconditionFailure("a transport is started once") }
    self.delegate = delegate
    state = .resolving
    connectTimer = loop.schedule(afterNanoseconds: timings.connect.wholeNanoseconds) { [self] in
      connectTimer = nil
      if case .resolving = state { fail(.timeout(.resolving)) } else { fail(lastFailure ?? .timeout(.connecting)) }
    }
    resolver.resolve(host: host, port: port, on: loop) { [self] result in
      guard case .resolving = state else { return }
      switch result {
      case .success(let found): resolved(found)
      case .failure(let error): fail(error)
      }
    }
  }

  /// Offers bytes; returns how many were taken. When not all were, `transportCanWrite` follows.
  func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    loop.checkIsolated()
    guard case .open(let channel) = state, !bytes.isEmpty else { return 0 }
    var written = 0
    while written < bytes.count {
      switch channel.write(UnsafeRawBufferPointer(rebasing: bytes[written...])) {
      case .done(let count): written += count
      case .wantsRead, .wantsWrite:
        setWantsWritable(true)
        return written
      case .ended:
        failLater(.ended(errno: nil))
        return written
      case .failed(let error):
        failLater(error)
        return written
      }
    }
    setWantsWritable(false)
    return written
  }

  /// Ends our side in order (close_notify, FIN); what the peer sends is still read.
  func finishWriting() {
    loop.checkIsolated()
    guard case .open(let channel) = state else { return }
    channel.finish()
    _ = shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Closes at once; the delegate hears no more. `reset` sends RST and drops what the kernel still holds.
  func close(reset: Bool = false) {
    loop.checkIsolated()
    if reset && descriptor >= 0 { _ = clinux_set_reset_on_close(descriptor) }
    release()
  }

  // MARK: connecting

  private func resolved(_ found: [ResolvedAddress]) {
    switch security {
    case .tls: addresses = found
    case .plainLoopback: addresses = found.filter(\.isLoopback)
    }
    guard !addresses.isEmpty else { return fail(.insecure(host: host)) }
    state = .connecting
    connectNext()
  }

  private func connectNext() {
    closeDescriptor()
    guard nextAddress < addresses.count else { return fail(lastFailure ?? .timeout(.connecting)) }
    let address = addresses[nextAddress]
    nextAddress += 1
    if let failure = open(address) {
      lastFailure = failure
      return connectNext()
    }
    if nextAddress < addresses.count {
      addressTimer = loop.schedule(afterNanoseconds: timings.perAddress.wholeNanoseconds) { [self] in
        addressTimer = nil
        lastFailure = .connect(address: address.description, errno: ETIMEDOUT)
        connectNext()
      }
    }
  }

  /// Makes the socket and begins to connect; returns what went wrong.
  private func open(_ address: ResolvedAddress) -> StreamError? {
    descriptor = clinux_tcp_socket(address.family)
    guard descriptor >= 0 else { return .system(call: "socket", errno: -descriptor) }
    _ = clinux_set_nodelay(descriptor)
    let milliseconds = UInt32(clamping: timings.unacknowledged.wholeMilliseconds)
    _ = clinux_set_user_timeout_ms(descriptor, milliseconds)
    let result = address.socketAddress.withUnsafeBytes { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        connect(descriptor, $0.baseAddress, socklen_t(address.socketAddress.count))
      }
    }
    if result != 0 && errno != EINPROGRESS { return .connect(address: address.description, errno: errno) }
    do throws(EventLoopError) {
      watch = try loop.watch(descriptor, for: .writable) { [self] in ready($0) }
    } catch {
      return .system(call: "epoll_ctl", errno: ENOSPC)
    }
    return nil
  }

  private func finishConnect() {
    let result = clinux_connect_result(descriptor)
    guard result == 0 else {
      lastFailure = .connect(address: addresses[nextAddress - 1].description, errno: -result)
      return connectNext()
    }
    cancel(&addressTimer)
    switch security {
    case .plainLoopback: opened(.plain(descriptor))
    case .tls(let context):
      do throws(StreamError) {
        let session = try context.makeSession(host: host, descriptor: descriptor)
        state = .securing(session)
        secure(session)
      } catch {
        fail(error)
      }
    }
  }

  private func secure(_ session: TLSSession) {
    switch session.handshake() {
    case .done: opened(.tls(session))
    case .wantsRead: setInterest(.readable)
    case .wantsWrite: setInterest(.writable)
    case .ended: fail(.ended(errno: nil))
    case .failed(let error): fail(error)
    }
  }

  private func opened(_ channel: ByteChannel) {
    state = .open(channel)
    cancel(&connectTimer)
    setInterest(.readable)
    lastReceivedNanoseconds = loop.clock.nowNanoseconds
    armIdleTimer()
    delegate?.transportDidConnect()
    // The handshake's last flight may have brought application data along.
    if case .open = state { read(channel) }
  }

  // MARK: open

  private func ready(_ readiness: Readiness) {
    switch state {
    case .idle, .resolving, .ended: break
    case .connecting: finishConnect()
    case .securing(let session): secure(session)
    case .open(let channel):
      if wantsWritable && readiness.contains(.writable) {
        setWantsWritable(false)
        delegate?.transportCanWrite()
      }
      if case .open = state { read(channel) }
    }
  }

  private func read(_ channel: ByteChannel) {
    for _ in 0..<Self.readsPerTurn {
      switch channel.read(into: buffer) {
      case .done(let count):
        lastReceivedNanoseconds = loop.clock.nowNanoseconds
        delegate?.transportDidReceive(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        guard case .open = state else { return }
        if channel.isDrained(afterReading: count, of: buffer.count) { return }
      case .wantsRead: return
      case .wantsWrite: return setWantsWritable(true)
      case .ended: return fail(nil)
      case .failed(let error): return fail(error)
      }
    }
    // Decrypted bytes are invisible to epoll: come back by ourselves.
    loop.schedule(afterNanoseconds: 0) { [self] in
      if case .open(let channel) = state { read(channel) }
    }
  }

  private func armIdleTimer() {
    guard let idle = timings.idle?.wholeNanoseconds else { return }
    idleTimer = loop.schedule(atNanoseconds: lastReceivedNanoseconds + idle) { [self] in
      idleTimer = nil
      if loop.clock.nowNanoseconds - lastReceivedNanoseconds >= idle {
        fail(.timeout(.idle))
      } else {
        armIdleTimer()
      }
    }
  }

  private func setWantsWritable(_ wanted: Bool) {
    guard wanted != wantsWritable else { return }
    wantsWritable = wanted
    setInterest(wanted ? [.readable, .writable] : .readable)
  }

  private func setInterest(_ interest: Readiness) {
    if let watch { loop.setInterest(interest, of: watch) }
  }

  // MARK: end

  /// Fails from within a write: after the caller has returned, so that it is not called back in the middle of its work.
  private func failLater(_ error: StreamError) {
    loop.schedule(afterNanoseconds: 0) { [self] in
      if case .open = state { fail(error) }
    }
  }

  private func fail(_ error: StreamError?) {
    let delegate = delegate
    release()
    delegate?.transportDidEnd(error)
  }

  private func release() {
    if case .ended = state { return }
    state = .ended
    delegate = nil
    cancel(&connectTimer)
    cancel(&idleTimer)
    closeDescriptor()
  }

  private func closeDescriptor() {
    cancel(&addressTimer)
    if let watch { loop.unwatch(watch) }
    watch = nil
    wantsWritable = false
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  private func cancel(_ timer: inout TimerID?) {
    if let timer { loop.cancel(timer) }
    timer = nil
  }
}
