import CLibpq

extension PostgresConnection {
  /// Runs several statements in one round trip (libpq pipeline mode, manual 34.5), each with its own result and its own
  /// error.
  ///
  /// One synchronisation point means one implicit transaction: either all of them or none, unless the statements say
  /// otherwise. The error thrown is that of the statement that failed, never that of the ones it dragged down.
  @discardableResult
  public func pipeline(_ statements: [Statement]) throws(PostgresError) -> [ResultRows] {
    startDeadline(statementTimeoutMilliseconds: configuration.statementTimeoutMilliseconds)
    return try discardingOnError { () throws(PostgresError) in
      let label = statements.first?.label ?? "empty pipeline"
      let handle = try live(label)
      guard PQenterPipelineMode(handle) == 1 else { throw PostgresError(connection: handle, operation: label) }
      for statement in statements { try send(statement, on: handle) }
      guard PQpipelineSync(handle) == 1 else { throw PostgresError(connection: handle, operation: label) }
      try flush(handle, label)
      var all: [ResultRows] = []
      all.reserveCapacity(statements.count)
      for statement in statements { all.append(try collect(handle, statement.label)) }
      try expectSync(handle, label)
      guard PQexitPipelineMode(handle) == 1 else { throw PostgresError(connection: handle, operation: label) }
      return all
    }
  }

  /// An error can also arrive here: with deferred constraints, or when the implicit commit fails.
  private func expectSync(_ handle: OpaquePointer, _ label: String) throws(PostgresError) {
    guard let result = try nextResult(handle, label) else {
      throw PostgresError(connection: handle, operation: label)
    }
    guard PQresultStatus(result) == PGRES_PIPELINE_SYNC else {
      let error = PostgresError(result: result, operation: "commit after \(label)")
      PQclear(result)
      throw error
    }
    PQclear(result)
  }
}
