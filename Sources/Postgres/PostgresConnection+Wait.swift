import CLibpq
import Glibc

// libpq is driven without blocking calls, so that every wait has our deadline.

extension PostgresConnection {
  static func nowMilliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)  // ok: bounds a blocking wait, decides nothing
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }

  func startDeadline(statementTimeoutMilliseconds timeout: Int) {
    deadline = timeout == 0 ? 0 : Self.nowMilliseconds() + Int64(timeout + Self.deadlineGraceMilliseconds)
  }

  /// The open handle, or `connectionLost`.
  func live(_ operation: String) throws(PostgresError) -> OpaquePointer {
    guard let handle else {
      throw PostgresError(
        .connectionLost, operation: operation, reason: "the connection was closed after an earlier error")
    }
    return handle
  }

  /// Closes the connection on any error on the way out (DB12).
  func discardingOnError<Result: ~Copyable>(
    _ body: () throws(PostgresError) -> Result
  ) throws(PostgresError) -> Result {
    do throws(PostgresError) {
      return try body()
    } catch {
      close()
      throw error
    }
  }

  /// Sends what is buffered. Reads meanwhile, so that a server blocked on its own output cannot block us (libpq manual,
  /// 34.5.2).
  func flush(_ handle: OpaquePointer, _ operation: String) throws(PostgresError) {
    while true {
      let state = PQflush(handle)
      if state == 0 { return }
      guard state > 0 else { throw PostgresError(connection: handle, operation: operation) }
      let ready = try wait(handle, for: Int16(POLLIN | POLLOUT), operation)
      if ready & Int16(POLLIN) != 0 { try consume(handle, operation) }
    }
  }

  /// The next result, nil at the end of a statement's results.
  func nextResult(_ handle: OpaquePointer, _ operation: String) throws(PostgresError) -> OpaquePointer? {
    while PQisBusy(handle) != 0 {
      _ = try wait(handle, for: Int16(POLLIN), operation)
      try consume(handle, operation)
    }
    return PQgetResult(handle)
  }

  func consume(_ handle: OpaquePointer, _ operation: String) throws(PostgresError) {
    guard PQconsumeInput(handle) == 1 else { throw PostgresError(connection: handle, operation: operation) }
  }

  private func wait(_ handle: OpaquePointer, for events: Int16, _ operation: String) throws(PostgresError) -> Int16 {
    while true {
      var timeout: Int32 = -1
      if deadline > 0 {
        let rest = deadline - Self.nowMilliseconds()
        guard rest > 0 else {
          throw PostgresError(
            .timeout, operation: operation, reason: "no answer within the time-out; connection dropped")
        }
        timeout = Int32(clamping: rest)
      }
      var descriptor = pollfd(fd: PQsocket(handle), events: events, revents: 0)
      let count = poll(&descriptor, 1, timeout)
      if count > 0 { return descriptor.revents }
      if count < 0, errno != EINTR {
        throw PostgresError(.connectionLost, operation: operation, reason: "poll failed, errno \(errno)")
      }
    }
  }
}
