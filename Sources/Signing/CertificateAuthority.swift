import COpenSSL

/// A private certificate authority that lives in memory: it gives the paper venue and the tests real TLS, so that
/// verification never has to be switched off. P-256 throughout. Its own key is never written anywhere.
public final class CertificateAuthority: @unchecked Sendable {
  // Unchecked because OpenSSL pointers are not Sendable; both are only read after init.
  private let certificate: OpaquePointer
  private let key: AsymmetricKey
  /// What a client trusts: its custom CA file.
  public let certificatePEM: String

  /// A period in seconds since the Unix epoch. A value because this module reads no clock.
  public struct Validity: Sendable, Equatable {
    public let notBefore: Int64
    public let notAfter: Int64

    public init(notBefore: Int64, notAfter: Int64) {
      self.notBefore = notBefore
      self.notAfter = notAfter
    }

    /// From an hour before `now`, for clocks that differ, to `days` after it.
    public static func days(_ days: Int64, around now: Int64) -> Validity {
      Validity(notBefore: now - 3600, notAfter: now + days * 86_400)
    }
  }

  /// Who a server certificate is for.
  public enum ServerName: Sendable, Equatable {
    case dns(String)
    case ip(String)

    /// The names under which a loopback server is reached.
    public static let loopback: [ServerName] = [.dns("localhost"), .ip("127.0.0.1"), .ip("::1")]
  }

  public init(commonName: String = "Backstop paper venue CA", validity: Validity) throws(SigningError) {
    key = try Self.generateKey()
    let draft = try CertificateDraft(commonName: commonName, validity: validity, key: key)
    draft.setIssuer(draft)
    try draft.add(COPENSSL_BASIC_CONSTRAINTS, "critical,CA:TRUE,pathlen:0")
    try draft.add(COPENSSL_KEY_USAGE, "critical,keyCertSign,cRLSign")
    try draft.add(COPENSSL_SUBJECT_KEY_ID, "hash")
    certificate = try draft.signed(by: key)
    certificatePEM = try CertificateDraft.pem(of: certificate)
  }

  deinit {
    X509_free(certificate)
  }

  /// A server certificate and its key. An expired or wrong-host one is a matter of the arguments.
  public func issue(
    for names: [ServerName] = ServerName.loopback, validity: Validity
  ) throws(SigningError) -> ServerIdentity {
    let key = try Self.generateKey()
    let draft = try CertificateDraft(commonName: "Backstop paper venue", validity: validity, key: key)
    draft.setIssuer(certificate: certificate)
    try draft.add(COPENSSL_BASIC_CONSTRAINTS, "critical,CA:FALSE")
    try draft.add(COPENSSL_KEY_USAGE, "critical,digitalSignature")
    try draft.add(COPENSSL_EXT_KEY_USAGE, "serverAuth")
    let alternatives = names.map { name in
      switch name {
      case .dns(let host): "DNS:\(host)"
      case .ip(let address): "IP:\(address)"
      }
    }
    try draft.add(COPENSSL_SUBJECT_ALT_NAME, alternatives.joined(separator: ","))
    try draft.add(COPENSSL_AUTHORITY_KEY_ID, "keyid")
    let certificate = try draft.signed(by: self.key)
    defer { X509_free(certificate) }
    return ServerIdentity(
      certificatePEM: try CertificateDraft.pem(of: certificate), privateKeyPEM: try key.privatePEM())
  }

  private static func generateKey() throws(SigningError) -> AsymmetricKey {
    guard let pointer = copenssl_generate_p256() else { throw .library("generate a P-256 key") }
    return AsymmetricKey(pointer)
  }
}

/// What a TLS server presents.
public struct ServerIdentity: Sendable {
  public let certificatePEM: String
  /// PKCS#8 PEM.
  public let privateKeyPEM: Secret
}
