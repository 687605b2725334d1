import COpenSSL
import EventLoop
import Glibc
import Signing

/// The server's end of one connection: blocking, on the connection's own thread. `wake` may come from anywhere.
final class HTTPPeer: @unchecked Sendable {
  // Unchecked because the connection's thread owns everything but `isOpen`, which is locked.
  private let descriptor: Int32
  private var ssl: OpaquePointer?
  private var received: [UInt8] = []
  private var receivedCount = 0
  private let isOpen = Locked(true)

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Returns false when the client refused the certificate.
  func secure(_ context: OpaquePointer?) -> Bool {
    ssl = SSL_new(context)
    SSL_set_fd(ssl, descriptor)
    // In TLS 1.3 the server is done before the client has judged the certificate: only application bytes prove consent.
    return SSL_accept(ssl) == 1
  }

  func wake() { isOpen.withLock { if $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } } }

  func end(reset: Bool = false) {
    isOpen.withLock { isOpen in
      guard isOpen else { return }
      isOpen = false
      if reset {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
      } else if ssl != nil {
        SSL_shutdown(ssl)
      }
      SSL_free(ssl)
      ssl = nil
      close(descriptor)
    }
  }

  func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { buffer in
        ssl != nil
          ? Int(SSL_write(ssl, buffer.baseAddress, Int32(buffer.count)))
          : send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  func read() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = ssl != nil ? Int(SSL_read(ssl, &buffer, 65_536)) : recv(descriptor, &buffer, 65_536, 0)
    guard count > 0 else { return false }
    receivedCount += count
    received += buffer.prefix(count)
    return true
  }

  func takeReceivedCount() -> Int {
    defer { receivedCount = 0 }
    return receivedCount
  }

  /// Head and body of the next request; nil when the connection ended before.
  func readRequest() -> String? {
    while true {
      if let length = completeLength() {
        defer { received.removeFirst(length) }
        return String(decoding: received[..<length], as: UTF8.self)
      }
      guard read() else { return nil }
    }
  }

  private func completeLength() -> Int? {
    let text = String(decoding: received, as: UTF8.self)
    guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
    let head = text[..<end.upperBound]
    var body = 0
    for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
      body = Int(line.dropFirst(15).drop { $0 == " " }) ?? 0
    }
    let length = head.utf8.count + body
    return received.count >= length ? length : nil
  }

  static func makeContext(_ identity: ServerIdentity) -> OpaquePointer {
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
