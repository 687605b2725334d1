import CLinux

/// What a descriptor is ready for, and what a handler wants to hear about.
public struct Readiness: OptionSet, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let readable = Readiness(rawValue: UInt32(CLINUX_READABLE))
  public static let writable = Readiness(rawValue: UInt32(CLINUX_WRITABLE))
  /// Always reported, never asked for.
  public static let error = Readiness(rawValue: UInt32(CLINUX_ERROR))
  /// Always reported, never asked for.
  public static let hangup = Readiness(rawValue: UInt32(CLINUX_HANGUP))
}

/// Names one watched descriptor; never used twice by one loop, so a late event of a closed descriptor cannot reach the
/// owner of a new one with the same number.
public struct DescriptorID: Hashable, Sendable {
  let number: UInt64
}
