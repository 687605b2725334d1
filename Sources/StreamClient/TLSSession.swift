import COpenSSL
import Glibc

/// What one non-blocking call on a channel came to.
enum ChannelResult {
  /// That many bytes moved; for a handshake: complete.
  case done(Int)
  case wantsRead
  case wantsWrite
  /// The peer ended its side.
  case ended
  case failed(StreamError)
}

/// One TLS connection over a socket that somebody else owns. Not thread-safe: it belongs to its connection's loop.
final class TLSSession {
  private let ssl: OpaquePointer
  private let host: String

  /// Takes ownership of `ssl`.
  init(_ ssl: OpaquePointer, host: String) {
    self.ssl = ssl
    self.host = host
  }

  deinit {
    SSL_free(ssl)
  }

  func handshake() -> ChannelResult {
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    if result == 1 { return .done(0) }
    let error = Glibc.errno
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ: return .wantsRead
    case SSL_ERROR_WANT_WRITE: return .wantsWrite
    default: break
    }
    let verdict = SSL_get_verify_result(ssl)
    if verdict != Int(X509_V_OK) {
      ERR_clear_error()
      return .failed(.tls(certificateFailure(verdict)))
    }
    // A reset or an end inside the handshake is an outage, not a verdict on the certificate.
    let code = ERR_peek_error()
    if code == 0 { return .failed(.ended(errno: error == 0 ? nil : error)) }
    if copenssl_error_reason(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING {
      ERR_clear_error()
      return .failed(.ended(errno: nil))
    }
    return .failed(.tls(.handshake(reason: OpenSSLError.take())))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> ChannelResult {
    ERR_clear_error()
    var count = 0
    let result = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
    return result == 1 ? .done(count) : outcome(of: result)
  }

  /// After `.wantsRead` or `.wantsWrite` the next call must begin with the same bytes.
  func write(_ bytes: UnsafeRawBufferPointer) -> ChannelResult {
    ERR_clear_error()
    var count = 0
    let result = SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count)
    return result == 1 ? .done(count) : outcome(of: result)
  }

  /// Whether decrypted bytes wait that the kernel knows nothing of.
  var hasPending: Bool { SSL_has_pending(ssl) == 1 }

  /// Sends close_notify, once, as far as the socket takes it.
  func finish() {
    ERR_clear_error()
    _ = SSL_shutdown(ssl)
    ERR_clear_error()
  }

  /// "TLSv1.3" and the like, for logs.
  var version: String { SSL_get_version(ssl).map { String(cString: $0) } ?? "unknown" }

  private func outcome(of result: Int32) -> ChannelResult {
    let error = Glibc.errno
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ: return .wantsRead
    case SSL_ERROR_WANT_WRITE: return .wantsWrite
    case SSL_ERROR_ZERO_RETURN: return .ended
    case SSL_ERROR_SYSCALL: return .failed(.ended(errno: error == 0 ? nil : error))
    default:
      if copenssl_error_reason(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING {
        // TCP ended without close_notify. WebSocket has its own Close, so a truncation shows there.
        ERR_clear_error()
        return .ended
      }
      return .failed(.tls(.handshake(reason: OpenSSLError.take())))
    }
  }

  private func certificateFailure(_ verdict: Int) -> TLSFailure {
    switch Int32(verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED: .certificateExpired
    case X509_V_ERR_CERT_NOT_YET_VALID: .certificateNotYetValid
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .hostMismatch(host: host)
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
      X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED, X509_V_ERR_CERT_SIGNATURE_FAILURE:
      .untrustedIssuer(code: verdict)
    default:
      .verification(
        code: verdict, reason: X509_verify_cert_error_string(verdict).map { String(cString: $0) } ?? "unknown")
    }
  }
}
