import Signing

/// A valid key that no venue knows.
enum OtherKey {
  static func pem() throws -> String { try GeneratedKey.ed25519().privatePEM.revealedText() }
}
