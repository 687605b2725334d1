public import Trading

/// What happened, as a fingerprint always and as text on request.
public struct Trace: Sendable {
  public struct Line: Hashable, Sendable {
    public var time: Instant
    /// Which kind of happening: the number that its `note` gives it.
    public var kind: UInt64
    public var text: String
  }

  /// FNV-1a over everything that was noted. Equal seeds and commits give equal fingerprints.
  public private(set) var fingerprint: UInt64 = 0xcbf2_9ce4_8422_2325
  public private(set) var lines: [Line] = []
  let keepsLines: Bool

  init(keepsLines: Bool) { self.keepsLines = keepsLines }

  mutating func mix(_ value: UInt64) {
    fingerprint = (fingerprint ^ value) &* 0x0000_0100_0000_01b3
    fingerprint ^= fingerprint >> 29
  }

  mutating func mix(_ value: FixedDecimal) { mix(UInt64(truncatingIfNeeded: value.units)) }

  mutating func mix(_ text: String) { for byte in text.utf8 { mix(UInt64(byte)) } }

  mutating func note(_ time: Instant, _ kind: UInt64, _ number: Int64 = 0, _ text: @autoclosure () -> String) {
    mix(UInt64(bitPattern: time.nanoseconds))
    mix(kind)
    mix(UInt64(bitPattern: number))
    if keepsLines { lines.append(Line(time: time, kind: kind, text: text())) }
  }
}

extension Trace.Line: CustomStringConvertible {
  /// `  12.345678 text`, seconds of virtual time.
  public var description: String {
    let microseconds = time.nanoseconds / 1000
    let fraction = String(microseconds % 1_000_000)
    let seconds = String(microseconds / 1_000_000)
    return String(repeating: " ", count: max(0, 4 - seconds.count)) + seconds + "."
      + String(repeating: "0", count: 6 - fraction.count) + fraction + "  " + text
  }
}
