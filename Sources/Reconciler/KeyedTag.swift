import Trading
import Venue

/// A short message authentication code for order names: SipHash-2-4 (Aumasson and Bernstein, 2012) under a 128-bit key.
/// It keeps a bot, or anybody else with an API key of the account, from making an order that we would take for ours
/// (fault SE08).
struct KeyedTag {
  private var state: SipState
  private var word: UInt64 = 0
  private var count: UInt64 = 0

  init(key: TagKey) { state = SipState(key: key) }

  static func code(of message: some Sequence<UInt8>, key: TagKey) -> UInt64 {
    var tag = KeyedTag(key: key)
    tag.absorb(message)
    return tag.code
  }

  mutating func absorb(_ message: some Sequence<UInt8>) {
    for byte in message {
      word |= UInt64(byte) << (8 * (count % 8))
      count += 1
      if count % 8 == 0 {
        state.absorb(word)
        word = 0
      }
    }
  }

  /// The code of everything absorbed so far.
  var code: UInt64 {
    var state = state
    state.absorb(word | (count & 0xff) << 56)
    return state.finish()
  }

  private struct SipState {
    var v0: UInt64
    var v1: UInt64
    var v2: UInt64
    var v3: UInt64

    init(key: TagKey) {
      v0 = key.low ^ 0x736f_6d65_7073_6575
      v1 = key.high ^ 0x646f_7261_6e64_6f6d
      v2 = key.low ^ 0x6c79_6765_6e65_7261
      v3 = key.high ^ 0x7465_6462_7974_6573
    }

    mutating func absorb(_ word: UInt64) {
      v3 ^= word
      round()
      round()
      v0 ^= word
    }

    mutating func finish() -> UInt64 {
      v2 ^= 0xff
      for _ in 0..<4 { round() }
      return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func round() {
      v0 &+= v1
      v2 &+= v3
      v1 = v1 << 13 | v1 >> 51
      v3 = v3 << 16 | v3 >> 48
      v1 ^= v0
      v3 ^= v2
      v0 = v0 << 32 | v0 >> 32
      v2 &+= v1
      v0 &+= v3
      v1 = v1 << 17 | v1 >> 47
      v3 = v3 << 21 | v3 >> 43
      v1 ^= v2
      v3 ^= v0
      v2 = v2 << 32 | v2 >> 32
    }
  }
}
