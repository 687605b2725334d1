import CLibpq

extension PostgresConnection {
  /// Bytes handed to libpq at once; larger pieces only grow its buffer.
  private static let copyPieceBytes = 64 * 1024

  /// `COPY … FROM STDIN` in text format; returns the number of rows the server counted.
  @discardableResult
  public func copyIn(_ statement: Statement, _ text: CopyText) throws(PostgresError) -> Int {
    startDeadline(statementTimeoutMilliseconds: configuration.statementTimeoutMilliseconds)
    return try discardingOnError { () throws(PostgresError) in
      let label = statement.label
      let handle = try live(label)
      guard !text.hasNUL else {
        throw PostgresError(.badData, operation: label, reason: "a text value holds a NUL byte")
      }
      try send(statement, on: handle)
      try flush(handle, label)
      guard let start = try nextResult(handle, label) else { throw PostgresError(connection: handle, operation: label) }
      let isReady = PQresultStatus(start) == PGRES_COPY_IN
      let refusal = isReady ? nil : PostgresError(result: start, operation: label)
      PQclear(start)
      if let refusal { throw refusal }
      try put(text.bytes, handle, label)
      return try collect(handle, label).affected
    }
  }

  private func put(_ bytes: [UInt8], _ handle: OpaquePointer, _ label: String) throws(PostgresError) {
    var sent = 0
    while sent < bytes.count {
      let count = min(Self.copyPieceBytes, bytes.count - sent)
      let state = bytes.withUnsafeBytes { buffer in
        PQputCopyData(
          handle, buffer.baseAddress?.advanced(by: sent).assumingMemoryBound(to: CChar.self),
          Int32(truncatingIfNeeded: count))
      }
      guard state >= 0 else { throw PostgresError(connection: handle, operation: label) }
      if state == 1 { sent += count }
      try flush(handle, label)
    }
    while true {
      let state = PQputCopyEnd(handle, nil)
      guard state >= 0 else { throw PostgresError(connection: handle, operation: label) }
      try flush(handle, label)
      if state == 1 { return }
    }
  }
}
