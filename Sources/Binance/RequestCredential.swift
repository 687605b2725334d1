/// One API key and the way to sign with it. Signing itself is injected, so that the codec stays pure and holds no
/// secret.
public struct RequestCredential: Sendable {
  public enum KeyKind: String, Hashable, Sendable, CaseIterable {
    /// SHA-256 keyed hash, signature in hexadecimal.
    case hmac
    /// Signature in base64; the only kind that can log a session on.
    case ed25519
    /// PKCS #1 v1.5 with SHA-256, signature in base64.
    case rsa
  }

  public let apiKey: String
  public let kind: KeyKind
  private let signer: @Sendable ([UInt8]) throws -> String

  /// `signer` gets the payload's bytes and gives the signature as the venue wants it: hexadecimal for HMAC, base64
  /// otherwise.
  public init(apiKey: String, kind: KeyKind, signer: @escaping @Sendable ([UInt8]) throws -> String) {
    self.apiKey = apiKey
    self.kind = kind
    self.signer = signer
  }

  func signature(of payload: [UInt8]) throws -> String { try signer(payload) }
}

extension RequestCredential: CustomStringConvertible, CustomReflectable {
  /// Never shows the key (fault SE01).
  public var description: String { "\(kind.rawValue) credential" }
  public var customMirror: Mirror { Mirror(self, children: ["kind": kind]) }
}
