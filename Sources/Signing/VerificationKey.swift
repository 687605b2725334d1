/// The venue's half of an API key: checks signatures. The paper venue is its user.
public struct VerificationKey: Sendable, CustomStringConvertible, CustomReflectable {
  enum Material: Sendable {
    case hash(KeyedHash)
    case asymmetric(AsymmetricKey)
  }

  public let algorithm: KeyAlgorithm
  let material: Material

  init(algorithm: KeyAlgorithm, material: Material) {
    self.algorithm = algorithm
    self.material = material
  }

  /// Both sides of an HMAC key hold the same secret.
  public static func hmacSHA256(_ secret: Secret) throws(SigningError) -> VerificationKey {
    VerificationKey(algorithm: .hmacSHA256, material: .hash(try KeyedHash(secret)))
  }

  /// SubjectPublicKeyInfo as PEM or as base64 of DER.
  public static func ed25519(_ publicKey: String) throws(SigningError) -> VerificationKey {
    let key = try AsymmetricKey.readPublic(publicKey, expected: .ed25519)
    return VerificationKey(algorithm: .ed25519, material: .asymmetric(key))
  }

  /// SubjectPublicKeyInfo as PEM or as base64 of DER.
  public static func rsa(_ publicKey: String) throws(SigningError) -> VerificationKey {
    let key = try AsymmetricKey.readPublic(publicKey, expected: .rsa)
    return VerificationKey(algorithm: .rsa, material: .asymmetric(key))
  }

  /// True when `signature` (hex of either case for HMAC, base64 otherwise; not percent-encoded) fits these bytes.
  public func verify(_ signature: String, of payload: UnsafeRawBufferPointer) -> Bool {
    switch material {
    case .hash(let hash):
      guard let given = Hexadecimal.decode(signature), let expected = try? hash.digest(of: payload) else {
        return false
      }
      return Secret(given) == Secret(expected)
    case .asymmetric(let key):
      var text = signature
      let decoded = text.withUTF8 { Base64.decode(UnsafeRawBufferPointer($0)) }
      guard let decoded else { return false }
      return key.verify(decoded, of: payload, digest: algorithm.digest)
    }
  }

  public func verify(_ signature: String, of payload: [UInt8]) -> Bool {
    payload.withUnsafeBytes { verify(signature, of: $0) }
  }

  public func verify(_ signature: String, of payload: String) -> Bool {
    verify(signature, of: Array(payload.utf8))
  }

  public var description: String { "\(algorithm) verification key" }
  public var customMirror: Mirror { Mirror(self, children: ["algorithm": algorithm]) }
}
