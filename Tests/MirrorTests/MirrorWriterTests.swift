import EventLoop
import Glibc
@testable import Mirror
import Postgres
import TestSupport
import Testing
import Trading
import Venue

@Suite struct MirrorWriterTests {
  @Test func `what a core tells comes back whole after a restart`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      try database.write(SampleAccount.inputs)
      let reader = MirrorReader(database.configuration)
      let state = try reader.restore(SampleAccount.account)
      #expect(state == SampleAccount.restored)
      #expect(try reader.brokenInvariants().isEmpty)
    }
  }

  @Test func `orders whose fills were lost are told with the oldest one's creation, symbol by symbol`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      try database.write(SampleAccount.inputs)
      var other = SampleAccount.entry
      (other.symbol, other.createdAt, other.updatedAt) = ("ADAUSDT", nil, SampleAccount.start + .seconds(9))
      try database.write([[.order(other, source: .stream)]])
      try database.run("delete from backstop.fills where trade_id in (11, 20)")
      let state = try MirrorReader(database.configuration).restore(SampleAccount.account)
      #expect(
        state.unbooked == [
          SampleAccount.symbol: SampleAccount.start + .seconds(1), "ADAUSDT": SampleAccount.start + .seconds(9),
        ])
    }
  }

  @Test(arguments: [(1100, 600), (1600, 500)])
  func `of 700 fills those from the cursor on are given back, 500 of the newest at the least`(
    cursor: Int, count: Int
  ) async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      try database.write(SampleAccount.inputs)
      var other = SampleAccount.entry
      (other.venueOrderID, other.clientOrderID) = (77, "other")
      let fills: [Fact] = (1000..<1700).map { number in
        var fill = SampleAccount.entryFills[0]
        (fill.venueOrderID, fill.tradeID) = (other.venueOrderID, TradeID(Int64(number)))
        return .fill(fill, source: .sweep)
      }
      let read = Fact.tradeCursor(SampleAccount.symbol, TradeID(Int64(cursor)))
      try database.write([[.order(other, source: .sweep)] + fills + [read]])
      let state = try MirrorReader(database.configuration).restore(SampleAccount.account)
      #expect(state.fills.count { $0.venueOrderID == other.venueOrderID } == count)
    }
  }

  @Test func `a lot that was closed by one of the 500 newest trades comes back, with its purchases`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      try database.write(SampleAccount.inputs)
      try database.run("update backstop.lots set closed_at = opened_at + interval '1 minute'")
      let state = try MirrorReader(database.configuration).restore(SampleAccount.account)
      #expect(state.lots.isEmpty)
      let closed = Set(SampleAccount.restored.closures.map(\.lot))
      #expect(!closed.isEmpty && Set(state.closedLots.map(\.id)) == closed)
      for lot in closed { #expect(state.fills.contains { $0.orderKey == lot && $0.side == .buy }) }
      try database.run("delete from backstop.lot_closures")
      #expect(try MirrorReader(database.configuration).restore(SampleAccount.account).closedLots.isEmpty)
    }
  }

  @Test func `a sale comes back with what it has not closed, however many trades follow it while its lot is open`()
    async throws
  {
    try await offPool {
      let database = try MirrorDatabase.make()
      try database.write(SampleAccount.inputs)
      guard let closure = SampleAccount.restored.closures.first else {
        return #expect(Bool(false), "the sample has a closure")
      }
      try database.run("delete from backstop.lot_closures where trade_id = \(closure.tradeID)")
      let reader = MirrorReader(database.configuration)
      let sale = try #require(reader.restore(SampleAccount.account).unmatchedSales.first)
      #expect((sale.fill.tradeID, sale.rest) == (closure.tradeID, sale.fill.quantity))
      var later: [Fact] = [.tradeCursor(SampleAccount.symbol, 1700)]
      for number in 1000..<1700 {
        var fill = SampleAccount.entryFills[0]
        (fill.venueOrderID, fill.tradeID) = (77, TradeID(Int64(number)))
        later.append(.fill(fill, source: .sweep))
      }
      try database.write([later])
      #expect(try reader.restore(SampleAccount.account).unmatchedSales == [sale])
      try database.run("update backstop.lots set closed_at = opened_at")
      #expect(try reader.restore(SampleAccount.account).unmatchedSales.isEmpty)
    }
  }

  @Test func `an account that was never written restores as empty`() async throws {
    try await offPool {
      let reader = MirrorReader(try MirrorDatabase.make().configuration)
      #expect(try reader.restore("nobody") == MirrorState())
    }
  }

  @Test func `every batch applied twice leaves the same rows as once`() async throws {
    try await offPool {
      let once = try MirrorDatabase.make()
      let twice = try MirrorDatabase.make()
      for (database, times) in [(once, 1), (twice, 2)] {
        let connection = MirrorConnection(
          database.configuration, accounts: [SampleAccount.identity], nonce: "same", startedMicroseconds: 1)
        _ = try connection.open()
        var queue = FactQueue(limits: MirrorLimits())
        for facts in SampleAccount.inputs {
          queue.append(facts, account: SampleAccount.account, receivedMicroseconds: 1_000, wallOffsetMicroseconds: 7)
          let statements = FactBatch(queue.takeBatch()).statements(journal: connection.journal)
          for _ in 0..<times { try connection.apply(statements) }
        }
        connection.close()
      }
      #expect(try once.contents() == twice.contents())
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `any cut into batches, with repeats, ends in the same rows`(seed: UInt64) async throws {
    try await offPool {
      var generator = SeededGenerator(seed: seed)
      let inputs = RandomStory.inputs(count: 200, using: &generator)
      let whole = try MirrorDatabase.make()
      let cut = try MirrorDatabase.make()
      for (database, isCut) in [(whole, false), (cut, true)] {
        let connection = MirrorConnection(
          database.configuration, accounts: [SampleAccount.identity], nonce: "same", startedMicroseconds: 1)
        _ = try connection.open()
        var queue = FactQueue(limits: MirrorLimits())
        for (index, facts) in inputs.enumerated() {
          queue.append(
            facts, account: SampleAccount.account, receivedMicroseconds: Int64(index), wallOffsetMicroseconds: 0)
          guard isCut, Int.random(in: 0..<5, using: &generator) == 0 || index == inputs.count - 1 else { continue }
          let batch = FactBatch(queue.takeBatch())
          for _ in 0..<Int.random(in: 1...3, using: &generator) {
            try connection.apply(batch.statements(journal: connection.journal))
          }
        }
        while queue.count > 0 {
          try connection.apply(FactBatch(queue.takeBatch()).statements(journal: connection.journal))
        }
        connection.close()
      }
      #expect(try whole.contents() == cut.contents())
    }
  }

  @Test func `an older report never overwrites a newer one, and cumulative figures never fall`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      var late = SampleAccount.entry
      late.status = .partiallyFilled
      late.executedQuantity = "0.6"
      late.executedQuote = "60"
      late.updatedAt = SampleAccount.start + .seconds(9)
      try database.write([[.order(SampleAccount.entry, source: .stream)]])
      try database.write([
        [.order(late, source: .sweep)], [.balance(.init(asset: "BTC", free: 1), at: SampleAccount.start)],
      ])
      try database.write([
        [.balance(.init(asset: "BTC", free: 2), at: Timestamp(milliseconds: 1))], [.tradeCursor("BTCUSDT", 9)],
        [.tradeCursor("BTCUSDT", 3)],
      ])
      let row = try database.query(
        "select status, executed_quantity = 1 as full, source from backstop.orders")[0]
      #expect(try row.value("status", as: String.self) == "filled")
      #expect(try row.value("full", as: Bool.self))
      #expect(try row.value("source", as: String.self) == "stream")
      #expect(try database.query("select free = 1 as kept from backstop.balances")[0].value("kept", as: Bool.self))
      #expect(
        try database.query("select trade_id from backstop.trade_cursors")[0].value("trade_id", as: Int64.self) == 9)
    }
  }

  @Test func `a leg keeps its name when an amend gives it another, a stranger's order takes the new one`() async throws
  {
    try await offPool {
      let database = try MirrorDatabase.make()
      try database.write(SampleAccount.inputs)
      for known in [SampleAccount.legOrders[2], SampleAccount.entry] {
        var renamed = known
        (renamed.clientOrderID, renamed.updatedAt) = ("renamed", known.updatedAt + .seconds(9))
        try database.write([[.order(renamed, source: .sweep)]])
      }
      let rows = try database.query(
        "select client_order_id as name from backstop.orders where venue_order_id in (1, 4) order by venue_order_id")
      let names = try rows.map { try $0.value("name", as: String.self) }
      #expect(names == ["renamed", "S2"])
    }
  }

  @Test func `hostile names and bytes go in and come out as data`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      let hostile = [
        "'); DROP TABLE backstop.orders; --", "\\\"{},NULL", "$1; $$", "\u{202E}abc", "名前🔥", "a\tb\nc\rd", "",
        String(repeating: "x", count: 5000),
      ]
      var facts: [Fact] = []
      for (index, name) in hostile.enumerated() {
        var order = SampleAccount.entry
        order.venueOrderID = VenueOrderID(Int64(index) + 100)
        order.clientOrderID = ClientOrderID(name)
        order.symbol = Symbol("S" + name)
        order.expiryReason = name
        order.status = .unknown(name)
        facts.append(.order(order, source: .stream))
        var action = SampleAccount.action(Int64(index) + 1, .rejected, at: SampleAccount.moment)
        action.clientOrderIDs = [ClientOrderID(name), "plain"]
        action.rejection = name
        facts.append(.action(action))
      }
      let bytes = Array(0...255) as [UInt8]
      facts.append(.raw(RawMessage(epoch: 1, receivedAt: SampleAccount.start, bytes: bytes, isDecoded: false)))
      var withNUL = SampleAccount.entry
      withNUL.venueOrderID = 999
      withNUL.clientOrderID = "nul\0here"
      facts.append(.order(withNUL, source: .stream))
      try database.write([facts])
      let orders = try MirrorReader(database.configuration).restore(SampleAccount.account).orders
      #expect(Set(orders.map(\.clientOrderID.text)) == Set(hostile))
      #expect(Set(orders.map(\.symbol.text)) == Set(hostile.map { "S" + $0 }))
      #expect(Set(orders.compactMap(\.expiryReason)) == Set(hostile))
      let names = try database.query(
        "select client_order_ids[1] as name from backstop.actions where cardinality(client_order_ids) = 2")
      #expect(Set(try names.map { try $0.value("name", as: String.self) }) == Set(hostile))
      let raw = try database.query("select payload from backstop.raw_events")[0]
      #expect(try raw.value("payload", as: ByteString.self).bytes == bytes)
      let nul = try database.query("select client_order_id as name from backstop.orders where venue_order_id = 999")[0]
      #expect(try nul.value("name", as: String.self) == "nul\u{2400}here")
    }
  }

  @Test func `a server killed in the middle of a run catches up without loss or double`() async throws {
    try await offPool {
      var configuration = try EmbeddedServer.Configuration.temporary()
      configuration.durability = .durable
      let first = try EmbeddedServer.start(configuration)
      var database = PostgresConfiguration(conninfo: first.conninfo())
      database.statementTimeoutMilliseconds = 5000
      var limits = MirrorLimits()
      limits.backoffMillisecondsMax = 200
      limits.batchFactsMax = 50
      let writer = try MirrorWriter(database, accounts: [SampleAccount.identity], limits: limits)
      let total = 6000
      for number in 1...total {
        writer.record(RandomStory.trade(Int64(number)), account: SampleAccount.account)
        if number == total / 3 {
          #expect(writer.waitUntilCommitted(milliseconds: 60_000))
        }
        if number == total / 3 + 500 { kill(first.processID, SIGKILL) }
      }
      let second = try EmbeddedServer.start(configuration)
      #expect(second.processID != first.processID)
      #expect(writer.waitUntilCommitted(milliseconds: 60_000))
      let status = writer.status
      #expect(status.factsLost == 0)
      #expect(status.failures > 0)
      #expect(status.waitingFacts == 0)
      writer.stop(drainingMilliseconds: 1000)
      let connection = try PostgresConnection(database)
      let row = try connection.execute(
        Statement(
          "count",
          """
          select (select count(*) from backstop.fills) as fills, (select count(*) from backstop.orders) as orders,
                 (select count(*) from backstop.order_events) as events, (select count(*) from backstop.journals) as journals
          """))[0]
      #expect(try row.value("fills", as: Int.self) == total)
      #expect(try row.value("orders", as: Int.self) == total)
      #expect(try row.value("events", as: Int.self) == total)
      #expect(try row.value("journals", as: Int.self) == 1)
      connection.close()
      try second.stop()
    }
  }

  @Test func `with no server at all recording goes on and the state says so`() async throws {
    try await offPool {
      let writer = try MirrorWriter(
        PostgresConfiguration(conninfo: "host=/nonexistent-folder"), accounts: [SampleAccount.identity])
      for facts in SampleAccount.inputs { writer.record(facts, account: SampleAccount.account) }
      #expect(!writer.waitUntilCommitted(milliseconds: 300))
      guard case .disconnected(.migration(.postgres(let error))) = writer.status.state else {
        Issue.record("state is \(writer.status.state)")
        return
      }
      #expect(error.category == .connectionLost)
      #expect(writer.status.waitingFacts == SampleAccount.inputs.map(\.count).reduce(0, +))
      #expect(writer.status.oldestWaitingMicroseconds != nil)
      writer.stop(drainingMilliseconds: 0)
      #expect(writer.status.state == .stopped)
    }
  }

  @Test func `a fact that the database refuses is lost alone and counted`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      let nonsense = BracketRegistration(
        entryClientOrderID: "bad", bracket: Bracket(stop: .percent("-1"), takeProfits: []))
      var inputs = (1...40).map { RandomStory.trade(Int64($0)) }
      inputs.insert([.bracket(nonsense)], at: 17)
      let writer = try MirrorWriter(database.configuration, accounts: [SampleAccount.identity])
      for facts in inputs { writer.record(facts, account: SampleAccount.account) }
      #expect(writer.waitUntilCommitted(milliseconds: 30_000))
      #expect(writer.status.factsLost == 1)
      #expect(writer.status.needsResync)
      writer.stop(drainingMilliseconds: 0)
      #expect(try database.count("select count(*) from backstop.fills") == 40)
      #expect(try database.count("select count(*) from backstop.brackets") == 0)
    }
  }

  @Test func `a restored older database shows as a need to resync`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      let writer = try MirrorWriter(database.configuration, accounts: [SampleAccount.identity])
      writer.record(RandomStory.trade(1), account: SampleAccount.account)
      #expect(writer.waitUntilCommitted(milliseconds: 30_000))
      try database.run(
        """
        delete from backstop.journals;
        select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid();
        """)
      writer.record(RandomStory.trade(2), account: SampleAccount.account)
      #expect(writer.waitUntilCommitted(milliseconds: 30_000))
      #expect(writer.status.needsResync)
      writer.stop(drainingMilliseconds: 0)
      #expect(try database.count("select count(*) from backstop.fills") == 2)
    }
  }

  @Test func `what a killed guardian left open is closed by the next one`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      let moment = SampleAccount.moment
      let open: [Fact] = [
        .gap(GapRecord(epoch: 1, reason: "x", from: moment, until: nil)),
        .naked(NakedRecord(id: 1, symbol: "BTCUSDT", since: moment, until: nil, quantity: 1, cause: "x")),
        .alert(
          AlertRecord(
            kind: "naked", subject: "BTCUSDT", severity: .critical, message: "m", isStanding: true, at: moment)),
      ]
      try database.write([open])
      #expect(try database.count("select count(*) from backstop.alerts_open") == 1)
      try database.write([[.tradeCursor("BTCUSDT", 1)]])
      #expect(try database.count("select count(*) from backstop.alerts_open") == 0)
      #expect(try database.count("select count(*) from backstop.gaps where ended_at is null") == 0)
      #expect(try database.count("select count(*) from backstop.naked_intervals where ended_at is null") == 0)
    }
  }

  @Test func `raw messages older than a week are trimmed, younger ones stay`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      try database.run(
        """
        insert into backstop.raw_events (account, journal_id, sequence, epoch, payload, is_decoded, received_at)
        select 'main', -1, n, 1, '', true, now() - make_interval(days => n) from generate_series(1, 20) n
        """)
      var limits = MirrorLimits()
      limits.trimMinutes = 0
      let writer = try MirrorWriter(database.configuration, accounts: [SampleAccount.identity], limits: limits)
      writer.record([.tradeCursor("BTCUSDT", 1)], account: SampleAccount.account)
      #expect(writer.waitUntilCommitted(milliseconds: 30_000))
      // The next fact is taken only after the trimming.
      writer.record([.tradeCursor("BTCUSDT", 2)], account: SampleAccount.account)
      #expect(writer.waitUntilCommitted(milliseconds: 30_000))
      writer.stop(drainingMilliseconds: 0)
      #expect(try database.count("select count(*) from backstop.raw_events") == 6)
    }
  }

  @Test func `20000 facts in one burst are all in at the end`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      let writer = try MirrorWriter(database.configuration, accounts: [SampleAccount.identity])
      for number in 1...10_000 {
        var trade = RandomStory.trade(Int64(number))
        trade.removeLast()
        writer.record(trade, account: SampleAccount.account)
      }
      #expect(writer.waitUntilCommitted(milliseconds: 120_000))
      #expect(writer.status.batches < 10_000)
      writer.stop(drainingMilliseconds: 0)
      #expect(try database.count("select count(*) from backstop.fills") == 10_000)
    }
  }
}
