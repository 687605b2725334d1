import Binance
import Settings
import EventLoop
import Glibc
import Signing
import Venue

/// Where one account's secrets come from: the venue's key and the key of our own tag.
enum AccountSecrets {
  /// - Parameter warnings: gets what is worth telling the operator; never contains a secret.
  static func credential(
    _ account: AccountConfiguration, _ warnings: inout [String]
  ) throws(StartRefusal) -> RequestCredential {
    let apiKey = try text(account.key.apiKey, "the API key of account \(account.name)", &warnings)
    let secret = try text(account.key.secret, "the secret of account \(account.name)", &warnings)
    let key: SigningKey
    do { key = try SigningKey.make(account.key.kind.algorithm, secret) } catch {
      throw StartRefusal(.key, "the key of account \(account.name) cannot be used: \(error)", "")
    }
    return RequestCredential(apiKey: apiKey.revealedText(), kind: account.key.kind.requestKind) { payload in
      try key.sign(payload)
    }
  }

  private static func text(
    _ place: KeyConfiguration.Place, _ what: String, _ warnings: inout [String]
  ) throws(StartRefusal) -> Secret {
    let secret: Secret
    switch place {
    case .environment(let name):
      guard let value = getenv(name) else {
        throw StartRefusal(
          .key, "\(what) is not set: no environment variable \(name)", "export \(name) and start again")
      }
      secret = Secret(String(cString: value))
    case .file(let path):
      secret = Secret(String(decoding: try PrivateFile.read(path, what: what), as: UTF8.self))
      if PrivateFile.isReadableByOthers(path) {
        warnings.append("\(path) can be read by other users: chmod 600 it")
      }
    }
    guard !secret.isEmpty else { throw StartRefusal(.key, "\(what) is empty", "check where it comes from") }
    return secret
  }

  /// 32 hexadecimal digits and a line end; made at the first start.
  static func tagKey(_ path: String) throws(StartRefusal) -> TagKey {
    let file = try PrivateFile.readOrCreate(path, what: "the tag key") {
      var entropy = Entropy.system
      return Array((hexadecimal(entropy.next()) + hexadecimal(entropy.next()) + "\n").utf8)
    }
    let digits = String(decoding: file.bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
      let low = UInt64(digits.suffix(16), radix: 16)
    else {
      throw StartRefusal(
        .key, "\(path) holds no tag key",
        "restore it from a backup; without it Backstop cannot recognise its own orders")
    }
    return TagKey(high: high, low: low)
  }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}

extension KeyConfiguration.Kind {
  var algorithm: KeyAlgorithm {
    switch self {
    case .hmac: .hmacSHA256
    case .ed25519: .ed25519
    case .rsa: .rsa
    }
  }

  var requestKind: RequestCredential.KeyKind {
    switch self {
    case .hmac: .hmac
    case .ed25519: .ed25519
    case .rsa: .rsa
    }
  }
}
