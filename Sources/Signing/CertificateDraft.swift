import COpenSSL

/// A certificate that is being filled in; X.509 version 3.
final class CertificateDraft {
  private let certificate: OpaquePointer
  private var issuer: OpaquePointer

  init(
    commonName: String, validity: CertificateAuthority.Validity, key: AsymmetricKey
  ) throws(SigningError) {
    guard let certificate = X509_new() else { throw .library("make a certificate") }
    self.certificate = certificate
    issuer = certificate
    // 63 random bits: RFC 5280 §4.1.2.2 wants serials positive and unique per issuer.
    var serial: UInt64 = 0
    let isFilled = withUnsafeMutableBytes(of: &serial) { bytes in
      RAND_bytes(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(bytes.count)) == 1
    }
    guard isFilled,
      X509_set_version(certificate, 2) == 1,
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1) == 1,
      ASN1_TIME_set(X509_getm_notBefore(certificate), Int(validity.notBefore)) != nil,
      ASN1_TIME_set(X509_getm_notAfter(certificate), Int(validity.notAfter)) != nil,
      X509_set_pubkey(certificate, key.pointer) == 1,
      X509_NAME_add_entry_by_txt(
        X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, Array(commonName.utf8), Int32(commonName.utf8.count),
        -1, 0) == 1
    else { throw .library("fill in a certificate") }
  }

  deinit {
    X509_free(certificate)
  }

  func setIssuer(_ draft: CertificateDraft) {
    setIssuer(certificate: draft.certificate)
  }

  func setIssuer(certificate other: OpaquePointer) {
    issuer = other
    X509_set_issuer_name(certificate, X509_get_subject_name(other))
  }

  func add(_ extension: some BinaryInteger, _ value: String) throws(SigningError) {
    guard copenssl_add_extension(certificate, issuer, Int32(`extension`), value) == 1 else {
      throw .library("add a certificate extension")
    }
  }

  /// The finished certificate; the caller frees it.
  func signed(by key: AsymmetricKey) throws(SigningError) -> OpaquePointer {
    guard X509_sign(certificate, key.pointer, EVP_sha256()) > 0, X509_up_ref(certificate) == 1 else {
      throw .library("sign a certificate")
    }
    return certificate
  }

  static func pem(of certificate: OpaquePointer) throws(SigningError) -> String {
    guard let bio = BIO_new(BIO_s_mem()) else { throw .library("make a buffer") }
    defer { BIO_free(bio) }
    guard PEM_write_bio_X509(bio, certificate) == 1 else { throw .library("write a certificate") }
    return String(decoding: MemoryBIO.bytes(of: bio), as: UTF8.self)
  }
}
