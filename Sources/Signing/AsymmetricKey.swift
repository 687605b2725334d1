import COpenSSL

/// An OpenSSL key with one owner count; private or public.
final class AsymmetricKey: @unchecked Sendable {
  // Unchecked because `OpaquePointer` is not Sendable: an EVP_PKEY is reference counted by OpenSSL and not changed
  // after creation, and every operation below makes its own context.
  let pointer: OpaquePointer

  /// Takes ownership.
  init(_ pointer: OpaquePointer) {
    self.pointer = pointer
  }

  deinit {
    EVP_PKEY_free(pointer)
  }

  /// Reads PEM or base64 of DER.
  static func readPrivate(_ secret: Secret, expected: KeyAlgorithm) throws(SigningError) -> AsymmetricKey {
    let pointer = secret.withUnsafeBytes { bytes in
      if isPEM(bytes) {
        // An empty passphrase instead of OpenSSL's default, which would ask on the terminal.
        return withBIO(bytes) { bio in
          withUnsafePointer(to: 0 as CChar) {
            PEM_read_bio_PrivateKey(bio, nil, nil, UnsafeMutableRawPointer(mutating: $0))
          }
        }
      }
      guard var decoded = Base64.decode(bytes) else { return nil }
      defer { decoded.withUnsafeMutableBytes { if let base = $0.baseAddress { OPENSSL_cleanse(base, $0.count) } } }
      return decoded.withUnsafeBufferPointer { buffer in
        var next = buffer.baseAddress
        return d2i_AutoPrivateKey(nil, &next, buffer.count)
      }
    }
    return try checked(pointer, expected: expected)
  }

  static func readPublic(_ text: String, expected: KeyAlgorithm) throws(SigningError) -> AsymmetricKey {
    let utf8 = Array(text.utf8)
    let pointer = utf8.withUnsafeBytes { bytes in
      if isPEM(bytes) { return withBIO(bytes) { PEM_read_bio_PUBKEY($0, nil, nil, nil) } }
      guard let decoded = Base64.decode(bytes) else { return nil }
      return decoded.withUnsafeBufferPointer { buffer in
        var next = buffer.baseAddress
        return d2i_PUBKEY(nil, &next, buffer.count)
      }
    }
    return try checked(pointer, expected: expected)
  }

  private static func checked(
    _ pointer: OpaquePointer?, expected: KeyAlgorithm
  ) throws(SigningError) -> AsymmetricKey {
    ERR_clear_error()
    guard let pointer else { throw .unreadableKey(expected: expected) }
    let key = AsymmetricKey(pointer)
    let id = EVP_PKEY_get_base_id(pointer)
    let isExpected =
      switch expected {
      case .hmacSHA256: false
      case .ed25519: id == Int32(COPENSSL_ED25519)
      case .rsa: id == Int32(COPENSSL_RSA)
      }
    guard isExpected else { throw .wrongAlgorithm(expected: expected) }
    let bits = Int(EVP_PKEY_get_bits(pointer))
    if expected == .rsa && bits < 2048 { throw .keyTooShort(bits: bits) }
    return key
  }

  private static func isPEM(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: Array("-----BEGIN".utf8))
  }

  private static func withBIO<Result>(
    _ bytes: UnsafeRawBufferPointer, _ body: (OpaquePointer) -> Result?
  ) -> Result? {
    guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
    defer { BIO_free(bio) }
    return body(bio)
  }

  /// The signature over `payload`: PureEdDSA for Ed25519, PKCS #1 v1.5 with SHA-256 for RSA.
  func sign(_ payload: UnsafeRawBufferPointer, digest: OpaquePointer?) throws(SigningError) -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { throw .library("make a signing context") }
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestSignInit(context, nil, digest, nil, pointer) == 1 else { throw .library("start a signature") }
    let bytes = payload.bindMemory(to: UInt8.self)
    var count = Int(EVP_PKEY_get_size(pointer))
    var signature = [UInt8](repeating: 0, count: count)
    guard EVP_DigestSign(context, &signature, &count, bytes.baseAddress, bytes.count) == 1 else {
      throw .library("sign")
    }
    signature.removeLast(signature.count - count)
    return signature
  }

  func verify(_ signature: [UInt8], of payload: UnsafeRawBufferPointer, digest: OpaquePointer?) -> Bool {
    guard let context = EVP_MD_CTX_new() else { return false }
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    guard EVP_DigestVerifyInit(context, nil, digest, nil, pointer) == 1 else { return false }
    let bytes = payload.bindMemory(to: UInt8.self)
    return EVP_DigestVerify(context, signature, signature.count, bytes.baseAddress, bytes.count) == 1
  }

  /// PKCS#8 PEM.
  func privatePEM() throws(SigningError) -> Secret {
    guard let bio = BIO_new(BIO_s_secmem()) else { throw .library("make a buffer") }
    defer { BIO_free(bio) }
    guard PEM_write_bio_PKCS8PrivateKey(bio, pointer, nil, nil, 0, nil, nil) == 1 else {
      throw .library("write a private key")
    }
    return Secret(MemoryBIO.bytes(of: bio))
  }

  /// SubjectPublicKeyInfo PEM.
  func publicPEM() throws(SigningError) -> String {
    guard let bio = BIO_new(BIO_s_mem()) else { throw .library("make a buffer") }
    defer { BIO_free(bio) }
    guard PEM_write_bio_PUBKEY(bio, pointer) == 1 else { throw .library("write a public key") }
    return String(decoding: MemoryBIO.bytes(of: bio), as: UTF8.self)
  }
}

enum MemoryBIO {
  /// A copy of what was written to a memory BIO.
  static func bytes(of bio: OpaquePointer) -> [UInt8] {
    var start: UnsafeMutablePointer<CChar>?
    let count = copenssl_bio_bytes(bio, &start)
    guard let start, count > 0 else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }
}
