public import Postgres
public import Trading
public import Venue

/// Reads the mirror: start-up recovery, the views, the checks. Blocks, so it lives on one thread of its own; never on
/// the protective path.
public final class MirrorReader {
  let session: PostgresSession

  public init(_ configuration: PostgresConfiguration) { session = PostgresSession(configuration) }

  public func close() { session.close() }

  /// Refuses a database of another environment, or one that knows an account of the same name with another fingerprint
  /// (fault CF03), and takes it for these accounts otherwise. Nothing is written when it refuses.
  public func claim(_ accounts: [MirrorAccount]) throws(MirrorError) {
    var refusal: MirrorError?
    do throws(PostgresError) {
      try session.transaction("claim the database") { connection throws(PostgresError) in
        refusal = try MirrorConnection.claim(accounts, connection)
        if refusal != nil { throw MirrorConnection.rollBack }
      }
    } catch { throw refusal ?? .postgres(error) }
  }

  /// Registrations for entries that have not come yet; a bot that registers more and never trades loses the oldest.
  static let bracketsMax: Int64 = 10_000

  /// The account as of the last committed batch, read in one snapshot of the database.
  public func restore(_ account: AccountID) throws(MirrorError) -> MirrorState {
    do throws(PostgresError) {
      return try session.transaction("restore") { connection throws(PostgresError) in
        try connection.execute(
          Statement("read one snapshot", "set transaction isolation level repeatable read, read only"))
        let reading = MirrorReading(connection: connection, account: BindArray.storable(account.text))
        return MirrorState(
          protectedSince: try reading.protectedSince(), lots: try reading.openLots(),
          closedLots: try reading.closedLots(), legs: try reading.legs(), orders: try reading.orders(),
          fills: try reading.fills(), closures: try reading.closures(), unmatchedSales: try reading.unmatchedSales(),
          brackets: try reading.brackets(), balances: try reading.balances(), residuals: try reading.residuals(),
          tradeCursors: try reading.tradeCursors(), unbooked: try reading.unbooked(),
          orderedSymbols: try reading.orderedSymbols(), lastID: try reading.lastID())
      }
    } catch { throw .postgres(error) }
  }
}
