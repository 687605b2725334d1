import Foundation

/// Figures as people read them: three or four significant digits, thousands apart.
enum Figure {
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    let magnitude = abs(value)
    if magnitude >= 1000 { return grouped(value) }
    let places = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3
    var text = String(format: "%.\(places)f", value)
    while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") {
      let wasPoint = text.hasSuffix(".")
      text.removeLast()
      if wasPoint { break }
    }
    return text
  }

  private static func grouped(_ value: Double) -> String {
    let digits = String(Int(value.rounded()))
    var result = ""
    for (index, digit) in digits.reversed().enumerated() {
      if index > 0, index % 3 == 0, digit != "-" { result.append(" ") }
      result.append(digit)
    }
    return String(result.reversed())
  }
}
