import Testing

@testable import WebSocket

@Suite struct AcceptKeyTests {
  @Test func `the key of RFC 6455 section 1_3 gets the answer of RFC 6455 section 1_3`() {
    #expect(AcceptKey.answer(to: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
    ),
  ])
  func `SHA-1 gives the digests of RFC 3174`(message: String, digest: String) {
    let hex = SHA1.digest(of: Array(message.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hex == digest)
  }

  @Test func `SHA-1 pads right at every length around a block`() {
    // Known sums of n times "a", from any sha1sum.
    let known = [
      55: "c1c8bbdc22796e28c0e15163d20899b65621d65a", 56: "c2db330f6083854c99d4b5bfb6e8f29f201be699",
      63: "03f09f5b158a7a8cdad920bddc29b81c18a551f5", 64: "0098ba824b5c16427bd7a1122a5a442a25ec644d",
      65: "11655326c708d70319be2610e8a57d9a5b959d3b",
    ]
    for (length, digest) in known.sorted(by: { $0.key < $1.key }) {
      let sum = SHA1.digest(of: [UInt8](repeating: UInt8(ascii: "a"), count: length))
      #expect(sum.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == digest)
    }
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func `base64 gives the vectors of RFC 4648 section 10`(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
  }
}
