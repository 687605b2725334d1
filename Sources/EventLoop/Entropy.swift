import CLinux

/// Randomness as a value that is passed in: the kernel's in production, a seed's in tests and simulation.
public struct Entropy: RandomNumberGenerator, Sendable {
  private enum Source: Sendable {
    case system(SystemBuffer)
    case seeded(state: UInt64)
  }

  private var source: Source

  /// The kernel's generator (getrandom). Fit for keys and for the mask keys of RFC 6455 §5.3.
  public static var system: Entropy { Entropy(source: .system(SystemBuffer())) }

  /// The same numbers for the same seed, on every machine (SplitMix64). Never for secrets.
  public static func seeded(_ seed: UInt64) -> Entropy { Entropy(source: .seeded(state: seed)) }

  public mutating func next() -> UInt64 {
    switch source {
    case .system(var buffer):
      let value = buffer.next()
      source = .system(buffer)
      return value
    case .seeded(var state):
      state &+= 0x9E37_79B9_7F4A_7C15
      source = .seeded(state: state)
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}

/// Eight numbers per system call: a mask key per frame would otherwise cost a call each (about 300 ns).
private struct SystemBuffer: Sendable {
  private var words = InlineArray<8, UInt64>(repeating: 0)
  private var used = 8

  mutating func next() -> UInt64 {
    if used == 8 { refill() }
    let word = words[used]
    words[used] = 0  // what was handed out is not kept
    used += 1
    return word
  }

  private mutating func refill() {
    var fresh = [UInt64](repeating: 0, count: 8)
    let result = fresh.withUnsafeMutableBytes { bytes in
      bytes.baseAddress.map { clinux_random($0, bytes.count) } ?? 0
    }
    // No kernel that runs this program lacks getrandom; going on with zeros would be worse than stopping.
    precondition(result == 0, "getrandom failed: errno \(-result)")
    for index in 0..<8 { words[index] = fresh[index] }
    used = 0
  }
}
