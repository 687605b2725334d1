import Mirror
import Postgres
import TestSupport
import Testing
import Trading

@Suite struct LostAnswerTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `connections cut at 25 arbitrary bytes leave the rows that an uncut one does`(seed: UInt64) async throws {
    try await offPool {
      var generator = SeededGenerator(seed: seed)
      let inputs = RandomStory.inputs(count: 150, using: &generator)
      let plain = try MirrorDatabase.make()
      try plain.write(inputs)
      let database = try MirrorDatabase.make()
      let cuts = (0..<25).map { index -> CuttingProxy.Cut in
        // Answers are short: a session's set-up is about 1 kB of them, a batch's a few hundred bytes.
        let isTowardClient = index % 2 == 0
        let bytes = Int.random(in: 1...(isTowardClient ? 4000 : 30_000), using: &generator)
        return CuttingProxy.Cut(bytes: bytes, isTowardClient: isTowardClient)
      }
      let proxy = try CuttingProxy(target: database.socketPath, cuts: cuts)
      var configuration = database.configuration
      configuration.conninfo = "host=\(proxy.directory) port=5432 user=backstop dbname=\(database.database.name)"
      var limits = MirrorLimits()
      limits.batchFactsMax = 8
      limits.backoffMillisecondsMin = 1
      limits.backoffMillisecondsMax = 10
      let writer = try MirrorWriter(configuration, accounts: [SampleAccount.identity], limits: limits)
      // Small batches, so that many cuts fall into transactions.
      for facts in inputs {
        writer.record(facts, account: SampleAccount.account)
        _ = writer.waitUntilCommitted(milliseconds: 60_000)
      }
      #expect(writer.status.factsLost == 0)
      #expect(!writer.status.needsResync)
      #expect(writer.status.waitingFacts == 0)
      let failures = writer.status.failures
      #expect(failures >= 20)
      writer.stop(drainingMilliseconds: 0)
      proxy.stop()
      let same = try ["fills", "orders", "balances", "sweeps", "trade_cursors"].filter { table in
        try plain.contents(of: table) != database.contents(of: table)
      }
      #expect(same == [])
      #expect(
        try plain.count("select count(*) from backstop.alerts")
          == database.count("select count(*) from backstop.alerts"))
    }
  }
}

extension MirrorDatabase {
  /// The server's socket, for a proxy in front of it.
  var socketPath: String {
    let host = database.conninfo.split(separator: " ").first { $0.hasPrefix("host=") }?.dropFirst("host=".count) ?? ""
    return host + "/.s.PGSQL.5432"
  }

  /// One table without what depends on the moment of writing.
  func contents(of table: String) throws -> [String] {
    let rows = try database.connect().execute(
      Statement(
        file: "dump",
        text: """
          select (to_jsonb(t) - '{applied_at,received_at,started_at,finished_at,journal_id}'::text[])::text as row
            from backstop.\(table) t order by 1
          """))
    return try rows.map { try $0.value("row") }
  }
}
