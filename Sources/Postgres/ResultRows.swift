import CLibpq

/// The rows of one finished statement. Owned by the thread that ran it; results arrive in text format.
public final class ResultRows {
  let result: OpaquePointer
  let operation: String
  public let count: Int
  /// Rows inserted, updated, deleted or copied by the statement; 0 when it was none of these.
  public let affected: Int

  init(result: OpaquePointer, operation: String) {
    self.result = result
    self.operation = operation
    count = Int(PQntuples(result))
    affected = Int(String(cString: PQcmdTuples(result))) ?? 0
  }

  deinit { PQclear(result) }

  public var columnNames: [String] { (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) } }
}

extension ResultRows: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { count }
  public subscript(position: Int) -> Row { Row(rows: self, index: Int32(truncatingIfNeeded: position)) }
}
