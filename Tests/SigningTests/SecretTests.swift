import Signing
import Testing

/// Not local to its test: the description of a local type holds an address, whose digits look like anything.
private struct SecretHolder {
  let secret: Secret
  let key: SigningKey
  let verification: VerificationKey
}

@Suite struct SecretTests {
  @Test func `a secret shows itself in no description, dump or reflection`() throws {
    let secret = Secret("hunter2")
    let key = try SigningKey.hmacSHA256(secret)
    let holder = SecretHolder(secret: secret, key: key, verification: key.verificationKey)
    var dumped = ""
    dump(holder, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), "\(key)", "\(holder)", String(reflecting: holder), dumped] {
      #expect(!text.contains("hunter2"))
      #expect(!text.contains("104"))  // its first byte
    }
    #expect("\(secret)" == "<secret>")
  }

  @Test func `text loses the white space around it and nothing else`() {
    #expect(Secret(" a b\n").revealedText() == "a b")
    #expect(Secret("\n").isEmpty)
    #expect(Secret("").isEmpty)
    #expect(Secret("x").count == 1)
  }

  @Test func `secrets are equal when their bytes are`() {
    #expect(Secret("abc") == Secret(Array("abc".utf8)))
    #expect(Secret("abc") != Secret("abd"))
    #expect(Secret("abc") != Secret("ab"))
    #expect(Secret("") == Secret(""))
  }
}
