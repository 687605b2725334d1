import COpenSSL
import EventLoop
import Glibc
import Signing

/// An HTTP/1.1 server on 127.0.0.1 that does what a script says with each request, plain or TLS. Blocking sockets on
/// threads of its own.
final class ScriptedServer: @unchecked Sendable {
  // Unchecked because of the OpenSSL pointer, which does not change after `init`; the rest is locked.
  enum Reply: Sendable {
    case answer(String)
    /// Answers and closes without saying so, as a load balancer does with an idle connection.
    case answerThenClose(String)
    /// Ends the connection without an answer.
    case close
    case reset
    /// Holds the connection until the client gives up.
    case silence
  }

  struct Received: Sendable {
    /// From 1.
    var connection: Int
    /// From 1, over all connections.
    var number: Int
    /// Head and body.
    var text: String
    var method: String { String(text.prefix { $0 != " " }) }
  }

  typealias Script = @Sendable (Received) -> Reply

  let port: Int
  private let listener: Int32
  private let tls: OpaquePointer?
  private let acceptor: WorkerThread
  private let state = Locked(State())

  private struct State {
    var received: [Received] = []
    /// Application bytes of all connections, whether or not they made up a request.
    var bytes = 0
    var connections: [(worker: WorkerThread, peer: HTTPPeer)] = []
    var handshakes = 0
    var closed = 0
    var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  init(identity: ServerIdentity? = nil, script: @escaping Script) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        bind(listener, raw, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, raw, &length) == 0
      }
    }
    precondition(isBound, "no loopback listener")
    port = Int(UInt16(bigEndian: address.sin_port))
    tls = identity.map { HTTPPeer.makeContext($0) }
    acceptor = try WorkerThread(name: "test-acceptor", capacity: 1)
    _ = acceptor.submit { [self] in acceptAll(script) }
  }

  deinit { SSL_CTX_free(tls) }

  var received: [Received] { state.withLock { $0.received } }
  var receivedBytes: Int { state.withLock { $0.bytes } }
  /// TLS handshakes that the client completed; for plain servers the connections.
  var handshakes: Int { state.withLock { $0.handshakes } }

  /// Returns when the server has closed `count` connections.
  func closed(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isDone = state.withLock { state in
        if state.closed >= count { return true }
        state.waiters.append((count, continuation))
        return false
      }
      if isDone { continuation.resume() }
    }
  }

  /// Ends every connection and thread.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    acceptor.stop()
    acceptor.join()
    Glibc.close(listener)
    for connection in state.withLock({ $0.connections }) {
      connection.peer.wake()
      connection.worker.stop()
      connection.worker.join()
    }
  }

  private func acceptAll(_ script: @escaping Script) {
    var count = 0
    while true {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else { return }
      count += 1
      let connection = count
      let peer = HTTPPeer(descriptor: descriptor)
      guard let worker = try? WorkerThread(name: "test-peer", capacity: 1) else { return }
      state.withLock { $0.connections.append((worker, peer)) }
      _ = worker.submit { [self] in
        if tls == nil || peer.secure(tls) {
          state.withLock { $0.handshakes += 1 }
          converse(peer, connection, script)
        }
        peer.end()
        finishedOne()
      }
    }
  }

  private func converse(_ peer: HTTPPeer, _ connection: Int, _ script: Script) {
    while true {
      let text = peer.readRequest()
      let count = peer.takeReceivedCount()
      let received = state.withLock { state -> Received? in
        state.bytes += count
        guard let text else { return nil }
        let received = Received(connection: connection, number: state.received.count + 1, text: text)
        state.received.append(received)
        return received
      }
      guard let received else { return }
      switch script(received) {
      case .answer(let text): peer.write(text)
      case .answerThenClose(let text): return peer.write(text)
      case .close: return
      case .reset: return peer.end(reset: true)
      case .silence:
        while peer.read() {}
        return
      }
    }
  }

  private func finishedOne() {
    let ready = state.withLock { state in
      state.closed += 1
      let ready = state.waiters.filter { $0.count <= state.closed }
      state.waiters.removeAll { $0.count <= state.closed }
      return ready
    }
    for waiter in ready { waiter.continuation.resume() }
  }
}

extension ScriptedServer {
  static func http(_ status: String, _ body: String = "{}", headers: [String] = []) -> String {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
  }
}
