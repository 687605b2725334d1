import Trading

/// Lengths of time as people write them: a whole number and its unit. Never without a unit (fault CF06).
enum DurationText {
  private static let units: [(suffix: String, nanoseconds: Int64)] = [
    ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
  ]

  /// Nine digits: the longest unit still fits 64 bits of nanoseconds only up to 292 years, which the ranges keep far
  /// below.
  private static let digitsMax = 9

  static func parse(_ text: String) -> Duration? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty, digits.count <= digitsMax, let count = Int64(digits),
      let unit = units.first(where: { $0.suffix == text.dropFirst(digits.count) })
    else { return nil }
    let (nanoseconds, overflow) = count.multipliedReportingOverflow(by: unit.nanoseconds)
    return overflow ? nil : .nanoseconds(nanoseconds)
  }

  /// In the largest unit that shows it whole.
  static func format(_ duration: Duration) -> String {
    let nanoseconds = duration.wholeNanoseconds
    for unit in units.reversed() where nanoseconds >= unit.nanoseconds && nanoseconds % unit.nanoseconds == 0 {
      return "\(nanoseconds / unit.nanoseconds)\(unit.suffix)"
    }
    return "\(nanoseconds / 1_000_000)ms"
  }
}
