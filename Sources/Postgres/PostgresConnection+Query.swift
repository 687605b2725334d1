import CLibpq

extension PostgresConnection {
  /// Runs one statement and waits for its rows. Blocks the calling thread.
  @discardableResult
  public func execute(_ statement: Statement) throws(PostgresError) -> ResultRows {
    startDeadline(statementTimeoutMilliseconds: configuration.statementTimeoutMilliseconds)
    return try discardingOnError { () throws(PostgresError) in
      let handle = try live(statement.label)
      try send(statement, on: handle)
      try flush(handle, statement.label)
      return try collect(handle, statement.label)
    }
  }

  /// Runs a file of several statements in one round trip, in one implicit transaction unless one is open. No bind
  /// values, no rows back; for migrations and fixtures.
  public func executeScript(_ label: String, _ text: String, timeoutMilliseconds: Int) throws(PostgresError) {
    startDeadline(statementTimeoutMilliseconds: timeoutMilliseconds)
    try discardingOnError { () throws(PostgresError) in
      let handle = try live(label)
      guard PQsendQuery(handle, text) == 1 else { throw PostgresError(connection: handle, operation: label) }
      try flush(handle, label)
      while let result = try nextResult(handle, label) {
        _ = try checked(result, label)
      }
    }
  }

  /// Sends without waiting; the caller flushes.
  func send(_ statement: Statement, on handle: OpaquePointer) throws(PostgresError) {
    let parameters = try PackedParameters(statement)
    let sent = parameters.withPointers { types, pointers, lengths, formats in
      PQsendQueryParams(
        handle, statement.text, Int32(truncatingIfNeeded: types.count), types, pointers, lengths, formats, 0)
    }
    guard sent == 1 else { throw PostgresError(connection: handle, operation: statement.label) }
  }

  /// All results of one statement; the last one with rows or a command tag is returned.
  func collect(_ handle: OpaquePointer, _ operation: String) throws(PostgresError) -> ResultRows {
    var rows: ResultRows?
    while let result = try nextResult(handle, operation) {
      rows = try checked(result, operation)
    }
    guard let rows else { throw PostgresError(.bug, operation: operation, reason: "the statement gave no result") }
    return rows
  }

  /// The result as rows, or the error it stands for.
  func checked(_ result: OpaquePointer, _ operation: String) throws(PostgresError) -> ResultRows {
    let rows = ResultRows(result: result, operation: operation)
    let status = PQresultStatus(result)
    switch status {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return rows
    case PGRES_PIPELINE_ABORTED:
      throw PostgresError(.bug, operation: operation, reason: "an earlier statement of the batch failed")
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      throw PostgresError(.bug, operation: operation, reason: "COPY through execute(); use copyIn()")
    default: throw PostgresError(result: result, operation: operation)
    }
  }
}

/// Bind values laid out as libpq wants them: parallel arrays over one buffer.
struct PackedParameters {
  private var types: [UInt32] = []
  private var formats: [Int32] = []
  private var lengths: [Int32] = []
  private var offsets: [Int?] = []
  private var buffer: [UInt8] = []

  init(_ statement: Statement) throws(PostgresError) {
    for (index, value) in statement.values.enumerated() {
      guard let encoded = value.encoded() else {
        throw PostgresError(
          .badData, operation: statement.label, reason: "parameter \(index + 1) holds a NUL byte or is not a number")
      }
      types.append(encoded.typeOID)
      formats.append(encoded.isBinary ? 1 : 0)
      lengths.append(Int32(clamping: encoded.bytes?.count ?? 0))
      offsets.append(encoded.bytes == nil ? nil : buffer.count)
      if let bytes = encoded.bytes { buffer.append(contentsOf: bytes) }
      buffer.append(0)  // Text parameters end at a NUL.
    }
  }

  func withPointers(_ body: ([UInt32], [UnsafePointer<CChar>?], [Int32], [Int32]) -> Int32) -> Int32 {
    buffer.withUnsafeBytes { bytes in
      let pointers = offsets.map { offset in
        offset.flatMap { bytes.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
      }
      return body(types, pointers.map { $0.map { UnsafePointer($0) } }, lengths, formats)
    }
  }
}
