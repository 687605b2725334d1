/// The figures as a table for a terminal.
struct ResultTable {
  private static let header = ["figure", "value", "baseline", "ratio", "budget", ""]

  var measurements: [Measurement]

  /// Columns as wide as their widest cell; numbers to the right.
  var lines: [String] {
    let rows = [Self.header] + measurements.map(Self.cells)
    let widths = Self.header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = rows.map { row in
      row.indices.map { Self.padded(row[$0], widths[$0], right: $0 == 1 || $0 == 3) }
        .joined(separator: "  ").trimmingTrailingSpaces
    }
    lines.insert(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "), at: 1)
    let notes = measurements.filter { !$0.note.isEmpty }
    if !notes.isEmpty { lines.append("") }
    for measurement in notes { lines.append("\(measurement.name): \(measurement.note)") }
    return lines
  }

  private static func cells(_ measurement: Measurement) -> [String] {
    let verdict = measurement.isMet.map { $0 ? "met" : "MISSED" } ?? ""
    let baseline = measurement.baseline.map { "\(Figure.text($0)) \(measurement.baselineName ?? "")" } ?? ""
    return [
      measurement.name, "\(Figure.text(measurement.value)) \(measurement.unit)", baseline,
      measurement.ratio.map { "\(Figure.text($0)) ×" } ?? "", measurement.budgetText ?? "", verdict,
    ]
  }

  private static func padded(_ text: String, _ width: Int, right: Bool) -> String {
    let space = String(repeating: " ", count: width - text.count)
    return right ? space + text : text + space
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
