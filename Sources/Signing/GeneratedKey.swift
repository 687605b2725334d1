import COpenSSL

/// A fresh key of an asymmetric kind, for the paper venue's accounts and for tests.
public struct GeneratedKey: Sendable {
  public let algorithm: KeyAlgorithm
  /// PKCS#8 PEM, what `SigningKey` reads.
  public let privatePEM: Secret
  /// SubjectPublicKeyInfo PEM, what `VerificationKey` reads.
  public let publicPEM: String

  public static func ed25519() throws(SigningError) -> GeneratedKey {
    try make(.ed25519, copenssl_generate_ed25519())
  }

  /// Takes tens of milliseconds and more; not for a loop.
  public static func rsa(bits: Int = 2048) throws(SigningError) -> GeneratedKey {
    try make(.rsa, copenssl_generate_rsa(UInt32(bits)))
  }

  private static func make(_ algorithm: KeyAlgorithm, _ pointer: OpaquePointer?) throws(SigningError) -> GeneratedKey {
    guard let pointer else { throw .library("generate a key") }
    let key = AsymmetricKey(pointer)
    return GeneratedKey(algorithm: algorithm, privatePEM: try key.privatePEM(), publicPEM: try key.publicPEM())
  }
}
