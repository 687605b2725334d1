import Postgres
import Trading

// Columns of a set-based statement: one array per column, turned into rows by unnest().

extension [BindArray] {
  /// The bind values of a statement whose parameters are these columns.
  var values: [BindValue] { map { .array($0) } }
}

extension BindArray {
  /// A text column. Texts come from strangers (client order ids, reasons): a NUL, which PostgreSQL cannot store in
  /// text, is shown by its symbol; the raw message keeps the byte (fault DB14).
  static func texts<Row>(_ rows: [Row], _ text: (Row) -> String?) -> BindArray {
    var column = BindArray(.text, capacity: rows.count)
    for row in rows { column.append(text(row).map(storable)) }
    return column
  }

  static func numbers<Row>(_ rows: [Row], _ number: (Row) -> Int64?) -> BindArray {
    var column = BindArray(.int64, capacity: rows.count)
    for row in rows { column.append(number(row)) }
    return column
  }

  static func flags<Row>(_ rows: [Row], _ flag: (Row) -> Bool?) -> BindArray {
    var column = BindArray(.bool, capacity: rows.count)
    for row in rows { column.append(flag(row)) }
    return column
  }

  static func decimals<Row>(_ rows: [Row], _ decimal: (Row) -> FixedDecimal?) -> BindArray {
    var column = BindArray(.numeric, capacity: rows.count)
    for row in rows { column.append(numeric: decimal(row)?.text()) }
    return column
  }

  static func times<Row>(_ rows: [Row], _ microseconds: (Row) -> Int64?) -> BindArray {
    var column = BindArray(.timestamp, capacity: rows.count)
    for row in rows { column.append(timestampMicroseconds: microseconds(row)) }
    return column
  }

  /// A column of `text[]` values, as array text to be cast: `unnest` flattens nested arrays, so they travel as text.
  static func textLists<Row>(_ rows: [Row], _ texts: (Row) -> [String]) -> BindArray {
    var column = BindArray(.text, capacity: rows.count)
    for row in rows { column.append(arrayText(texts(row))) }
    return column
  }

  /// A column of `numeric[]` values, as array text to be cast.
  static func decimalLists<Row>(_ rows: [Row], _ decimals: (Row) -> [FixedDecimal?]) -> BindArray {
    var column = BindArray(.text, capacity: rows.count)
    for row in rows { column.append("{" + decimals(row).map { $0?.text() ?? "NULL" }.joined(separator: ",") + "}") }
    return column
  }

  static func storable(_ text: String) -> String {
    guard text.utf8.contains(0) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{2400}" : $0 }))
  }

  private static func arrayText(_ texts: [String]) -> String {
    let quoted = texts.map { text in
      var escaped = "\""
      for scalar in storable(text).unicodeScalars {
        if scalar == "\"" || scalar == "\\" { escaped.unicodeScalars.append("\\") }
        escaped.unicodeScalars.append(scalar)
      }
      return escaped + "\""
    }
    return "{" + quoted.joined(separator: ",") + "}"
  }
}
