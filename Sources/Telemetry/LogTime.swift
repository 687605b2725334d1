/// ISO 8601 in UTC with milliseconds.
enum LogTime {
  static func append(_ microseconds: Int64, to out: inout [UInt8]) {
    let day: Int64 = 86_400_000_000
    let dayNumber = (microseconds >= 0 ? microseconds : microseconds - day + 1) / day
    let millisecondOfDay = (microseconds - dayNumber * day) / 1000
    let (year, month, dayOfMonth) = civil(daysSince1970: dayNumber)
    append(year, width: 4, then: "-", to: &out)
    append(month, width: 2, then: "-", to: &out)
    append(dayOfMonth, width: 2, then: "T", to: &out)
    append(millisecondOfDay / 3_600_000, width: 2, then: ":", to: &out)
    append(millisecondOfDay / 60_000 % 60, width: 2, then: ":", to: &out)
    append(millisecondOfDay / 1000 % 60, width: 2, then: ".", to: &out)
    append(millisecondOfDay % 1000, width: 3, then: "Z", to: &out)
  }

  private static func append(_ value: Int64, width: Int, then separator: String, to out: inout [UInt8]) {
    let digits = String(value)
    out += repeatElement(UInt8(ascii: "0"), count: max(0, width - digits.utf8.count))
    out += digits.utf8
    out += separator.utf8
  }

  /// The proleptic Gregorian date of a day number; counting years from March puts the leap day last.
  private static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let fromMarch0000 = days + 719_468
    let era = (fromMarch0000 >= 0 ? fromMarch0000 : fromMarch0000 - 146_096) / 146_097
    let dayOfEra = fromMarch0000 - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }
}
