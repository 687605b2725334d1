public import WebSocket

/// Why a stream cannot be had, or ended. The cases are kept apart because their cures differ: a certificate that
/// expired is no outage (fault ST22), a refusal with 429 wants patience, a missed pong wants a new connection at
/// once.
public enum StreamError: Error, Equatable, Sendable {
  /// The name could not be resolved; `reason` is the resolver's.
  case dns(host: String, reason: String)
  /// TCP to the last address that was tried failed.
  case connect(address: String, errno: Int32)
  case tls(TLSFailure)
  /// The server answered the opening request with another status than 101.
  case refused(status: Int, retryAfterSeconds: Int?)
  case timeout(Deadline)
  /// The server sent a Close frame.
  case closed(CloseCode)
  /// The byte stream ended without a Close frame; `errno` is nil when it simply ended.
  case ended(errno: Int32?)
  case violation(ProtocolViolation)
  /// `ws://` to anything but this machine, or `wss://` without a TLS context.
  case insecure(host: String)
  /// The venue ended the subscription while the socket lives (fault ST14).
  case subscriptionLost(String)
  /// The venue refused the logon or the subscription. `isFatal`: a key or a permission is wrong, trying again changes
  /// nothing.
  case refusedByVenue(String, isFatal: Bool)
  /// The operating system refused a socket or a watch: usually the limit on open files.
  case system(call: String, errno: Int32)
  /// We closed it.
  case stopped

  public enum Deadline: String, Sendable {
    case resolving, connecting, handshake, opening, idle, pong, probe
  }

  /// For alerts and metrics: what kind of trouble it is.
  public enum Category: String, Sendable, CaseIterable {
    case dns, connect, tls, handshake, timeout, closed, `protocol`, venue, local
  }

  public var category: Category {
    switch self {
    case .dns: .dns
    case .connect: .connect
    case .tls: .tls
    case .refused: .handshake
    case .timeout: .timeout
    case .closed, .ended: .closed
    case .violation: .protocol
    case .subscriptionLost, .refusedByVenue: .venue
    case .insecure, .system, .stopped: .local
    }
  }
}

/// What went wrong in TLS, told apart from an outage (fault ST22).
public enum TLSFailure: Error, Equatable, Sendable {
  case certificateExpired
  case certificateNotYetValid
  /// The certificate is for other names.
  case hostMismatch(host: String)
  /// Self-signed, or signed by an authority that is not trusted here. `code` is X509_V_ERR_*.
  case untrustedIssuer(code: Int)
  /// Any other verdict of OpenSSL's verification.
  case verification(code: Int, reason: String)
  /// No verdict on the certificate: versions, ciphers, an alert of the server, broken records.
  case handshake(reason: String)
  /// The CA file could not be read, or OpenSSL could not set up.
  case configuration(reason: String)
}

extension StreamError: CustomStringConvertible {
  /// Safe to log: never holds payload, queries or secrets.
  public var description: String {
    switch self {
    case .dns(let host, let reason): "\(host) cannot be resolved (\(reason)); check the host and the name server"
    case .connect(let address, let errno): "no connection to \(address), errno \(errno); check network and port"
    case .tls(let failure): "\(failure)"
    case .refused(let status, let seconds):
      "the server refused the WebSocket with status \(status)" + (seconds.map { ", retry after \($0) s" } ?? "")
    case .timeout(let deadline): "no progress in time while waiting for: \(deadline.rawValue)"
    case .closed(let code): "the server closed the connection: \(code)"
    case .ended(let errno): "the connection broke without a close frame" + (errno.map { ", errno \($0)" } ?? "")
    case .violation(let violation): "the server broke the protocol: \(violation)"
    case .insecure(let host): "\(host) is not this machine: use wss:// with a CA that is trusted"
    case .subscriptionLost(let reason): "the venue ended the subscription: \(reason)"
    case .refusedByVenue(let reason, let isFatal):
      "the venue refused the subscription: \(reason)" + (isFatal ? "; check key, permissions and IP allowlist" : "")
    case .system(let call, let errno): "\(call) failed with errno \(errno); check the limit on open files (ulimit -n)"
    case .stopped: "stopped by us"
    }
  }
}

extension TLSFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .certificateExpired:
      "TLS: the server's certificate has expired; check this machine's clock, then tell the venue"
    case .certificateNotYetValid: "TLS: the server's certificate is not valid yet; check this machine's clock"
    case .hostMismatch(let host):
      "TLS: the server's certificate is not for \(host); check the address, beware of a proxy"
    case .untrustedIssuer(let code):
      "TLS: the certificate is from an unknown authority (\(code)); name its CA file or install ca-certificates"
    case .verification(let code, let reason): "TLS: the certificate was rejected (\(code) \(reason))"
    case .handshake(let reason): "TLS: \(reason)"
    case .configuration(let reason): "TLS cannot be set up: \(reason)"
    }
  }
}
