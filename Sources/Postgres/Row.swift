import CLibpq

/// One row; columns are read by name and type, and an error names the column, not the value.
public struct Row {
  let rows: ResultRows
  let index: Int32

  /// The column's value.
  /// - Throws: `schemaMismatch` when there is no such column, `badData` when it is null or does not decode.
  public func value<Value: ColumnDecodable>(_ column: String, as type: Value.Type = Value.self)
    throws(PostgresError) -> Value
  {
    guard let found: Value = try optional(column) else { throw failure(column, "is null, expected \(type)") }
    return found
  }

  /// The column's value, nil for null.
  public func optional<Value: ColumnDecodable>(_ column: String, as type: Value.Type = Value.self)
    throws(PostgresError) -> Value?
  {
    let number = PQfnumber(rows.result, column)
    guard number >= 0 else {
      throw PostgresError(.schemaMismatch, operation: rows.operation, reason: "no column \(column) in the result")
    }
    guard PQgetisnull(rows.result, index, number) == 0 else { return nil }
    let start = UnsafeRawPointer(PQgetvalue(rows.result, index, number))
    let length = Int(PQgetlength(rows.result, index, number))
    guard let start, let value = Value(columnText: UnsafeRawBufferPointer(start: start, count: length)) else {
      throw failure(column, "does not decode as \(type)")
    }
    return value
  }

  /// The column as text, whatever its type; for printing rows of a check.
  public func text(at column: Int) -> String? {
    let number = Int32(truncatingIfNeeded: column)
    guard PQgetisnull(rows.result, index, number) == 0, let value = PQgetvalue(rows.result, index, number) else {
      return nil
    }
    return String(cString: value)
  }

  private func failure(_ column: String, _ reason: String) -> PostgresError {
    PostgresError(.badData, operation: rows.operation, reason: "column \(column) \(reason)")
  }
}
