import COpenSSL

/// Who is trusted and which TLS is spoken; shared by connections. Immutable.
///
/// Verification of chain, host name and period cannot be switched off: there is no parameter for it. A private venue is
/// reached by naming its CA file.
public final class TLSContext: @unchecked Sendable {
  // Unchecked because `OpaquePointer` is not Sendable. An SSL_CTX is reference counted and locked by OpenSSL, and is
  // not changed after init.
  private let pointer: OpaquePointer

  public enum Trust: Sendable, Equatable {
    /// The system's authorities (OpenSSL's default paths, as `ca-certificates` fills them).
    case system
    /// Only the authorities in this PEM file.
    case file(String)
  }

  /// Lowest version that is accepted. TLS 1.1 and below are not offered (RFC 8996).
  public enum MinimumVersion: Sendable {
    case tls12
    case tls13
  }

  /// - Throws: `.tls(.configuration)` when the CA file cannot be read or holds no certificate.
  public init(trust: Trust = .system, minimum: MinimumVersion = .tls12) throws(StreamError) {
    ERR_clear_error()
    guard let context = SSL_CTX_new(TLS_client_method()) else {
      throw .tls(.configuration(reason: OpenSSLError.take()))
    }
    pointer = context
    let version =
      switch minimum {
      case .tls12: TLS1_2_VERSION
      case .tls13: TLS1_3_VERSION
      }
    guard copenssl_ctx_set_min_version(context, version) == 1 else {
      throw .tls(.configuration(reason: OpenSSLError.take()))
    }
    copenssl_ctx_set_safe_options(context)
    copenssl_ctx_set_write_modes(context)
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    switch trust {
    case .system:
      guard SSL_CTX_set_default_verify_paths(context) == 1 else {
        throw .tls(.configuration(reason: OpenSSLError.take()))
      }
    case .file(let path):
      guard SSL_CTX_load_verify_file(context, path) == 1 else {
        ERR_clear_error()
        throw .tls(.configuration(reason: "no certificate can be read from the CA file \(path)"))
      }
    }
  }

  deinit {
    SSL_CTX_free(pointer)
  }

  /// A session over a connected, non-blocking socket that demands a certificate for `host` (name or address literal).
  func makeSession(host: String, descriptor: Int32) throws(StreamError) -> TLSSession {
    ERR_clear_error()
    guard let ssl = SSL_new(pointer) else { throw .tls(.configuration(reason: OpenSSLError.take())) }
    let session = TLSSession(ssl, host: host)
    let parameters = SSL_get0_param(ssl)
    // An address literal is matched against IP entries only, and never sent as server name (RFC 6066 §3).
    var isNamed = X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1
    if !isNamed {
      ERR_clear_error()
      SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
      isNamed = SSL_set1_host(ssl, host) == 1 && copenssl_set_sni(ssl, host) == 1
    }
    guard isNamed, SSL_set_fd(ssl, descriptor) == 1 else {
      throw .tls(.configuration(reason: OpenSSLError.take()))
    }
    SSL_set_connect_state(ssl)
    return session
  }
}

enum OpenSSLError {
  /// The oldest queued error of this thread as text; clears the queue, so that the next call does not inherit it.
  static func take() -> String {
    let code = ERR_get_error()
    ERR_clear_error()
    guard let text = ERR_reason_error_string(code) else { return "error \(String(code, radix: 16))" }
    return String(cString: text)
  }
}
