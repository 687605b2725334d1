/// A moment in UTC, in microseconds since 1970. Venue time, received time and applied time are three such clocks and
/// are never mixed: a value of this type always says in its name which one it is.
public struct Timestamp: Hashable, Comparable, Sendable {
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }
  public init(milliseconds: Int64) { self.microseconds = milliseconds &* 1000 }

  public var milliseconds: Int64 { microseconds / 1000 }

  public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }

  public static func + (timestamp: Self, duration: Duration) -> Self {
    Self(microseconds: timestamp.microseconds &+ duration.wholeNanoseconds / 1000)
  }

  public static func - (a: Self, b: Self) -> Duration { .microseconds(a.microseconds &- b.microseconds) }
}

extension Timestamp: CustomStringConvertible {
  /// ISO 8601 in UTC with microseconds, e.g. `2026-11-21T10:06:20.000000Z`.
  public var description: String {
    let day: Int64 = 86_400_000_000
    let dayNumber = (microseconds >= 0 ? microseconds : microseconds - day + 1) / day
    let rest = microseconds - dayNumber * day
    let (year, month, dayOfMonth) = Self.civil(daysSince1970: dayNumber)
    let seconds = rest / 1_000_000
    func padded(_ value: Int64, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: Swift.max(0, width - digits.utf8.count)) + digits
    }
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfMonth, 2) + "T" + padded(seconds / 3600, 2)
      + ":"
      + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2) + "." + padded(rest % 1_000_000, 6) + "Z"
  }

  /// The proleptic Gregorian date of a day number; eras of 400 years make leap years regular.
  private static func civil(daysSince1970 days: Int64) -> (Int64, Int64, Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
