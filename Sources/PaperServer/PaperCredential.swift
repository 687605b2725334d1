import EventLoop
public import Signing
public import Trading

/// An API key of the paper venue with its private half, as a client needs it. It is worth nothing outside this venue.
public struct PaperCredential: Sendable {
  public let label: String
  public let account: AccountID
  public let apiKey: String
  public let algorithm: KeyAlgorithm
  /// The HMAC secret, or the private key as PKCS#8 PEM.
  public let secret: Secret
  let verification: VerificationKey

  static func make(_ key: PaperServerConfiguration.Key, _ entropy: inout Entropy) throws -> PaperCredential {
    let apiKey = token(&entropy)
    switch key.kind {
    case .hmacSHA256:
      let secret = Secret(token(&entropy))
      return PaperCredential(
        label: key.label, account: key.account, apiKey: apiKey, algorithm: .hmacSHA256, secret: secret,
        verification: try .hmacSHA256(secret))
    case .ed25519:
      let pair = try GeneratedKey.ed25519()
      return PaperCredential(
        label: key.label, account: key.account, apiKey: apiKey, algorithm: .ed25519, secret: pair.privatePEM,
        verification: try .ed25519(pair.publicPEM))
    case .rsa:
      let pair = try GeneratedKey.rsa()
      return PaperCredential(
        label: key.label, account: key.account, apiKey: apiKey, algorithm: .rsa, secret: pair.privatePEM,
        verification: try .rsa(pair.publicPEM))
    }
  }

  /// 64 characters like the venue's own keys and secrets.
  static func token(_ entropy: inout Entropy) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
    return String(decoding: (0..<64).map { _ in alphabet[Int(entropy.next() % 62)] }, as: UTF8.self)
  }

  /// `keys.json`: where the venue listens, the admin token, and every key.
  static func keysFile(_ credentials: [PaperCredential], adminToken: String, tls: ServerAddress, plain: ServerAddress)
    -> [UInt8]
  {
    JSONWriter.object { json in
      json.field("rest", "https://\(tls.host):\(tls.port)")
      json.field("webSocketAPI", "wss://\(tls.host):\(tls.port)/ws-api/v3")
      json.field("marketStreams", "wss://\(tls.host):\(tls.port)")
      json.field("plainREST", "http://\(plain.host):\(plain.port)")
      json.field("plainWebSocketAPI", "ws://\(plain.host):\(plain.port)/ws-api/v3")
      json.field("admin", "http://\(plain.host):\(plain.port)/admin")
      json.field("adminToken", adminToken)
      json.field("keys", array: credentials) { json, credential in
        json.object { json in
          json.field("label", credential.label)
          json.field("account", credential.account.text)
          json.field("algorithm", credential.algorithmName)
          json.field("apiKey", credential.apiKey)
          json.field("secret", credential.secret.revealedText())
        }
      }
    }
  }

  private var algorithmName: String {
    switch algorithm {
    case .hmacSHA256: "hmac_sha256"
    case .ed25519: "ed25519"
    case .rsa: "rsa"
    }
  }
}
