import COpenSSL

/// Why a key cannot be used. Never contains key material, payloads or signatures.
public enum SigningError: Error, Equatable, Sendable, CustomStringConvertible {
  case emptySecret
  /// Neither PEM nor base64 of DER, or encrypted with a passphrase.
  case unreadableKey(expected: KeyAlgorithm)
  case wrongAlgorithm(expected: KeyAlgorithm)
  /// Binance accepts RSA keys of 2048 bits and more (binance.md §1.3).
  case keyTooShort(bits: Int)
  /// OpenSSL refused; `code` is for `openssl errstr`.
  case libraryFailed(operation: String, code: UInt)
  case cannotWrite(path: String, errno: Int32)

  public var description: String {
    switch self {
    case .emptySecret:
      "the API secret is empty; check the variable or file it is read from"
    case .unreadableKey(let expected):
      "the \(expected) private key cannot be read; give an unencrypted PKCS#8 key (-----BEGIN PRIVATE KEY-----)"
    case .wrongAlgorithm(let expected):
      "the private key is not an \(expected) key; check that key type and key file belong together"
    case .keyTooShort(let bits):
      "the RSA key has \(bits) bits; the venue needs 2048 or 4096, make a new one"
    case .libraryFailed(let operation, let code):
      "OpenSSL could not \(operation) (error \(String(code, radix: 16))); `openssl errstr` explains the number"
    case .cannotWrite(let path, let errno):
      "cannot write \(path) (errno \(errno)); check that the folder exists and is writable"
    }
  }

  /// Takes OpenSSL's oldest queued error and clears the queue, so that the next failure does not inherit it.
  static func library(_ operation: String) -> SigningError {
    let code = ERR_get_error()
    ERR_clear_error()
    return .libraryFailed(operation: operation, code: UInt(code))
  }
}

/// The venue's three key types (binance.md §1.3).
public enum KeyAlgorithm: String, Sendable, CaseIterable, CustomStringConvertible {
  case hmacSHA256 = "HMAC-SHA256"
  case ed25519 = "Ed25519"
  case rsa = "RSA"

  public var description: String { rawValue }
}
