import Signing
import Testing

@Suite struct SigningKeyTests {
  @Test(arguments: KnownSignature.spot)
  func `HMAC signs the venue's Spot examples`(known: KnownSignature) throws {
    let key = try SigningKey.hmacSHA256(Secret(KnownSignature.spotSecret))
    #expect(try key.sign(known.payload) == known.signature)
    #expect(key.verificationKey.verify(known.signature.uppercased(), of: known.payload))
    #expect(!key.verificationKey.verify(known.signature, of: known.payload + " "))
  }

  @Test(arguments: KnownSignature.futures)
  func `HMAC signs the venue's futures examples`(known: KnownSignature) throws {
    let key = try SigningKey.hmacSHA256(Secret(KnownSignature.futuresSecret))
    #expect(try key.sign(known.payload) == known.signature)
  }

  @Test(arguments: KnownSignature.ed25519)
  func `Ed25519 signs the examples of RFC 8032's first key`(known: KnownSignature) throws {
    let key = try SigningKey.ed25519(Secret(KnownSignature.ed25519Private))
    #expect(try key.sign(known.payload) == known.signature)
    let verification = try VerificationKey.ed25519(KnownSignature.ed25519Public)
    #expect(verification.verify(known.signature, of: known.payload))
    #expect(!verification.verify(known.signature, of: known.payload + "&"))
    #expect(!verification.verify("not base64!", of: known.payload))
  }

  @Test func `a key in PEM signs like the same key in base64`() throws {
    let pem = """
      -----BEGIN PRIVATE KEY-----
      \(KnownSignature.ed25519Private)
      -----END PRIVATE KEY-----

      """
    let known = KnownSignature.ed25519[0]
    #expect(try SigningKey.ed25519(Secret(pem)).sign(known.payload) == known.signature)
  }

  @Test func `a generated RSA key signs what only its own public key accepts`() throws {
    let generated = try GeneratedKey.rsa()
    let other = try GeneratedKey.rsa()
    let key = try SigningKey.rsa(generated.privatePEM)
    let signature = try key.sign("symbol=BTCUSDT&timestamp=1")
    #expect(signature.utf8.count == 344)  // 256 bytes in base64
    #expect(try VerificationKey.rsa(generated.publicPEM).verify(signature, of: "symbol=BTCUSDT&timestamp=1"))
    #expect(try !VerificationKey.rsa(generated.publicPEM).verify(signature, of: "symbol=BTCUSDT&timestamp=2"))
    #expect(try !VerificationKey.rsa(other.publicPEM).verify(signature, of: "symbol=BTCUSDT&timestamp=1"))
  }

  @Test func `a generated Ed25519 key round-trips through its PEM files`() throws {
    let generated = try GeneratedKey.ed25519()
    let signature = try SigningKey.ed25519(generated.privatePEM).sign("a=1")
    #expect(try VerificationKey.ed25519(generated.publicPEM).verify(signature, of: "a=1"))
  }

  @Test func `unusable keys are refused with the reason`() throws {
    #expect(throws: SigningError.emptySecret) { try SigningKey.hmacSHA256(Secret(" \n")) }
    #expect(throws: SigningError.unreadableKey(expected: .ed25519)) { try SigningKey.ed25519(Secret("nonsense")) }
    #expect(throws: SigningError.wrongAlgorithm(expected: .rsa)) {
      try SigningKey.rsa(Secret(KnownSignature.ed25519Private))
    }
    let short = try GeneratedKey.rsa(bits: 1024)
    #expect(throws: SigningError.keyTooShort(bits: 1024)) { try SigningKey.rsa(short.privatePEM) }
  }

  @Test func `one HMAC key used by 4 tasks at once gives 4,000 right signatures`() async throws {
    let key = try SigningKey.hmacSHA256(Secret(KnownSignature.spotSecret))
    let wrong = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          (0..<1_000).filter { index in
            let known = KnownSignature.spot[index % KnownSignature.spot.count]
            return (try? key.sign(known.payload)) != known.signature
          }.count
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }

  @Test func `an empty payload is signed`() throws {
    let key = try SigningKey.hmacSHA256(Secret("key"))
    // RFC 4231 has no empty message; this is HMAC-SHA256(key: "key", "").
    #expect(try key.sign("") == "5d5d139563c95b5967b9bd9a8c9b233a9dedb45072794cd232dc1b74832607d0")
  }
}
