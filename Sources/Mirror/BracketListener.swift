public import EventLoop
import Glibc
public import Postgres
public import Trading
public import Venue

/// Tells the guardian of brackets that bots insert with SQL: at once by LISTEN, and at the latest with the next look,
/// because a notification sent while we were away is gone.
///
/// Each waiting row is delivered at least once, then marked as taken; a row that the bot replaced meanwhile is
/// delivered again.
public final class BracketListener: Sendable {
  /// How often it looks without being told.
  static let lookMilliseconds: Int32 = 10_000
  /// Between tries to connect.
  static let retryMilliseconds: Int32 = 1000
  /// Rows delivered per look; the rest follows at once.
  static let rowsMax: Int64 = 500

  private let worker: WorkerThread
  private let wakeDescriptors: Locked<(read: Int32, write: Int32)>
  private let isStopping = Locked(false)

  /// - Parameter deliver: called on the listener's thread.
  public init(
    _ configuration: PostgresConfiguration, accounts: [AccountID],
    deliver: @escaping @Sendable (AccountID, BracketRegistration) -> Void
  ) throws(EventLoopError) {
    var ends: [Int32] = [-1, -1]
    // Without the pipe, stopping waits for the next look; nothing else depends on it.
    if pipe(&ends) == 0 { for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) } }
    let wake = ends[0]
    wakeDescriptors = Locked((ends[0], ends[1]))
    worker = try WorkerThread(name: "brackets", capacity: 1)
    let names = accounts.map { BindArray.storable($0.text) }
    _ = worker.submit { [isStopping] in
      let session = PostgresSession(configuration)
      while !isStopping.withLock({ $0 }) {
        do throws(PostgresError) {
          try Self.look(session, names, deliver)
          _ = try session.connection().notifications(waitingMilliseconds: Self.lookMilliseconds, wakeDescriptor: wake)
        } catch {
          session.close()
          var descriptor = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
          poll(&descriptor, 1, Self.retryMilliseconds)
        }
      }
      session.close()
    }
    worker.stop()
  }

  /// Ends the thread and waits for it. Blocks; harmless when called again.
  public func stop() {
    isStopping.withLock { $0 = true }
    wakeDescriptors.withLock { ends in
      if ends.write >= 0 { close(ends.write) }
      ends.write = -1
    }
    worker.join()
    wakeDescriptors.withLock { ends in
      if ends.read >= 0 { close(ends.read) }
      ends.read = -1
    }
  }

  private static func look(
    _ session: PostgresSession, _ accounts: [String], _ deliver: (AccountID, BracketRegistration) -> Void
  ) throws(PostgresError) {
    // Listening before looking: what is inserted in between is then told of.
    try session.execute(Statement("listen", "listen backstop_brackets"))
    while true {
      let rows = try session.execute(
        Statement(
          "read waiting brackets",
          """
          select *, array_to_string(take_profit_percents, ',', 'null') as percents,
                 array_to_string(take_profit_prices, ',', 'null') as prices,
                 array_to_string(take_profit_shares, ',') as shares
            from backstop.brackets where account = any ($1) and taken_at is null
           order by registered_at, entry_client_order_id limit $2
          """, [.array(BindArray(text: accounts)), .int64(rowsMax)]))
      for row in rows {
        let account: String = try row.value("account")
        let registration = try row.registration()
        deliver(AccountID(account), registration)
        try session.execute(
          Statement(
            "take a bracket",
            """
            update backstop.brackets set taken_at = now()
             where account = $1 and entry_client_order_id = $2 and registered_at = $3
            """,
            [
              .text(account), .text(registration.entryClientOrderID.text),
              .timestamp(microseconds: try row.value("registered_at", as: TimestampText.self).microseconds),
            ]))
      }
      if rows.count < rowsMax { return }
    }
  }
}
