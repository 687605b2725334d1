/// `timestamptz` as microseconds since 1970, read from ISO text in UTC (every connection sets `TimeZone` and
/// `DateStyle`).
///
/// Years 1 to 294276 are understood; `infinity` and BC are not values of ours and do not decode.
public struct TimestampText: ColumnDecodable, Hashable, Sendable {
  public let microseconds: Int64

  public init?(columnText: UnsafeRawBufferPointer) {
    var scanner = DigitScanner(bytes: columnText)
    guard let year = scanner.number(), scanner.skip("-"), let month = scanner.number(), scanner.skip("-"),
      let day = scanner.number(), scanner.skip(" "), let hour = scanner.number(), scanner.skip(":"),
      let minute = scanner.number(), scanner.skip(":"), let second = scanner.number()
    else { return nil }
    var fraction: Int64 = 0
    if scanner.skip(".") {
      let start = scanner.position
      guard let digits = scanner.number(), scanner.position - start <= 6 else { return nil }
      fraction = digits
      for _ in (scanner.position - start)..<6 { fraction *= 10 }
    }
    guard scanner.skip("+"), scanner.number() == 0, scanner.isAtEnd, year < 300_000 else { return nil }
    let days = Self.daysSince1970(year: year, month: month, day: day)
    microseconds = ((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + fraction
  }

  /// Day number in the proleptic Gregorian calendar; eras of 400 years make leap years regular.
  private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

private struct DigitScanner {
  let bytes: UnsafeRawBufferPointer
  var position = 0

  var isAtEnd: Bool { position == bytes.count }

  /// Up to 9 digits, so that nothing overflows.
  mutating func number() -> Int64? {
    var value: Int64 = 0
    let start = position
    while position < bytes.count, position - start < 9, case let digit = bytes[position] &- 48, digit <= 9 {
      value = value * 10 + Int64(digit)
      position += 1
    }
    return position > start ? value : nil
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }
}
