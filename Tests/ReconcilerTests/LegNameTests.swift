import Testing
import TestSupport
import Trading
import Venue

@testable import Reconciler

struct LegNameTests {
  let key = TagKey(high: 0x0f0e_0d0c_0b0a_0908, low: 0x0706_0504_0302_0100)

  @Test func `the tag is SipHash-2-4: the reference vector of 15 bytes under key 00 to 0f`() {
    // J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", appendix A.
    #expect(KeyedTag.code(of: (0..<15).map { UInt8($0) }, key: key) == 0xa129_ca61_49be_45e5)
  }

  @Test func `1000 random names survive the round trip, in 32 characters without a vowel`() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<1000 {
      let name = LegName(
        lot: LotID("BTCUSDT", VenueOrderID(Int64.random(in: 1...(1 << 54), using: &random))),
        tranche: Int.random(in: 0...9, using: &random), generation: Int.random(in: 1...1023, using: &random),
        rangeStartSteps: Int64.random(in: 0..<(1 << 35), using: &random))
      let id = name.id(.takeProfit, key: key, account: "main")
      #expect(id.text.utf8.count == 32)
      #expect(!id.text.contains { "aeiouAEIOUyY-_.".contains($0) })
      let parsed = LegName.parse(id, symbol: "BTCUSDT", key: key, account: "main")
      #expect(parsed?.name == name && parsed?.part == .takeProfit)
    }
  }

  @Test func `another key, account or symbol, or any changed character, is not ours`() {
    let name = LegName(lot: LotID("BTCUSDT", 4_293_153), tranche: 1, generation: 1, rangeStartSteps: 0)
    let id = name.id(.stopLoss, key: key, account: "main")
    #expect(LegName.parse(id, symbol: "ETHUSDT", key: key, account: "main") == nil)
    #expect(LegName.parse(id, symbol: "BTCUSDT", key: key, account: "other") == nil)
    #expect(LegName.parse(id, symbol: "BTCUSDT", key: TagKey(high: 1, low: 2), account: "main") == nil)
    for index in 0..<32 {
      var bytes = Array(id.text.utf8)
      bytes[index] = bytes[index] == 0x30 ? 0x31 : 0x30
      let forged = ClientOrderID(String(decoding: bytes, as: UTF8.self))
      #expect(LegName.parse(forged, symbol: "BTCUSDT", key: key, account: "main") == nil)
    }
  }
}
