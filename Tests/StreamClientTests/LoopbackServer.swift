import CLinux
import COpenSSL
import EventLoop
import Glibc
import Signing

/// A scripted server on 127.0.0.1: blocking sockets on threads of its own, plain or TLS. `script` runs once per
/// connection, on that connection's thread, with the number of the connection from 1.
final class LoopbackServer: @unchecked Sendable {
  // Unchecked because of the OpenSSL pointer, which is not changed after init; the rest is locked.
  typealias Script = @Sendable (Peer, Int) -> Void

  let port: UInt16
  private let listener: Int32
  private let tls: OpaquePointer?
  private let acceptor: WorkerThread
  private let connections = Locked<[(worker: WorkerThread, peer: Peer)]>([])

  init(identity: ServerIdentity? = nil, script: @escaping Script) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let listener = listener
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        bind(listener, raw, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, raw, &length) == 0
      }
    }
    precondition(bound, "no loopback listener")
    tls = identity.map { Self.makeContext($0) }
    port = UInt16(bigEndian: address.sin_port)
    acceptor = try WorkerThread(name: "test-acceptor", capacity: 1)
    _ = acceptor.submit { [self] in acceptAll(script) }
  }

  deinit {
    SSL_CTX_free(tls)
  }

  /// Ends every connection and thread.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    acceptor.stop()
    acceptor.join()
    close(listener)
    for connection in connections.withLock({ $0 }) {
      connection.peer.wake()
      connection.worker.stop()
      connection.worker.join()
    }
  }

  private func acceptAll(_ script: @escaping Script) {
    var number = 0
    while true {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else { return }
      number += 1
      let current = number
      let peer = Peer(descriptor: descriptor)
      guard let worker = try? WorkerThread(name: "test-peer", capacity: 1) else { return }
      connections.withLock { $0.append((worker, peer)) }
      _ = worker.submit { [self] in
        if tls == nil || peer.secure(tls) { script(peer, current) }
        peer.end()
      }
    }
  }

  private static func makeContext(_ identity: ServerIdentity) -> OpaquePointer {
    guard let context = SSL_CTX_new(TLS_server_method()) else { preconditionFailure("no TLS context") }
    let certificate = Array(identity.certificatePEM.utf8)
    let bio = BIO_new_mem_buf(certificate, Int32(certificate.count))
    let x509 = PEM_read_bio_X509(bio, nil, nil, nil)
    BIO_free(bio)
    let key = identity.privateKeyPEM.withUnsafeBytes { bytes -> OpaquePointer? in
      let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
      defer { BIO_free(bio) }
      return PEM_read_bio_PrivateKey(bio, nil, nil, nil)
    }
    precondition(
      SSL_CTX_use_certificate(context, x509) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1, "bad identity")
    X509_free(x509)
    EVP_PKEY_free(key)
    return context
  }
}
