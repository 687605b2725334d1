import EventLoop
import Mirror
import Postgres
import TestSupport
import Testing
import Trading
import Venue

@Suite struct BracketRegistrationTests {
  static func claimed() throws -> MirrorDatabase {
    let database = try MirrorDatabase.make()
    try MirrorReader(database.configuration).claim([SampleAccount.identity])
    return database
  }

  @Test func `a bot's bracket reaches the guardian at once and is not delivered again`() async throws {
    let database = try await offPool { try Self.claimed() }
    let (stream, continuation) = AsyncStream.makeStream(of: BracketRegistration.self)
    let listener = try BracketListener(database.configuration, accounts: [SampleAccount.account]) { account, bracket in
      #expect(account == SampleAccount.account)
      continuation.yield(bracket)
    }
    var arrivals = stream.makeAsyncIterator()
    try await offPool {
      try database.run(
        """
        select backstop.register_bracket('main', 'bot-1', stop_loss_percent => 1.5, take_profit_percents => '{1,2}',
                                         strategy => 'breakout')
        """)
    }
    let first = await arrivals.next()
    #expect(first?.entryClientOrderID == "bot-1")
    #expect(first?.strategy == "breakout")
    #expect(
      first?.bracket
        == Bracket(
          stop: .percent("1.5"),
          takeProfits: [.init(.percent(1), share: "0.5"), .init(.percent(2), share: "0.5")]))
    try await offPool {
      try database.run(
        "insert into backstop.brackets (account, entry_client_order_id, stop_loss_price) values ('main', 'bot-2', 95)")
    }
    let second = await arrivals.next()
    #expect(
      second == BracketRegistration(entryClientOrderID: "bot-2", bracket: Bracket(stop: .price(95), takeProfits: [])))
    try await offPool {
      // A replaced wish is a new one.
      try database.run("select backstop.register_bracket('main', 'bot-1', stop_loss_percent => 3)")
    }
    #expect(await arrivals.next()?.bracket == Bracket(stop: .percent(3), takeProfits: []))
    try await offPool {
      listener.stop()
      #expect(try database.count("select count(*) from backstop.brackets where taken_at is null") == 0)
      let restored = try MirrorReader(database.configuration).restore(SampleAccount.account)
      #expect(Set(restored.brackets.map(\.entryClientOrderID)) == ["bot-1", "bot-2"])
    }
  }

  @Test func `a bracket registered while the guardian was away waits for it`() async throws {
    let database = try await offPool { try Self.claimed() }
    try await offPool { try database.run("select backstop.register_bracket('main', 'early', stop_loss_percent => 1)") }
    let (stream, continuation) = AsyncStream.makeStream(of: BracketRegistration.self)
    let listener = try BracketListener(database.configuration, accounts: [SampleAccount.account]) { _, bracket in
      continuation.yield(bracket)
    }
    var arrivals = stream.makeAsyncIterator()
    #expect(await arrivals.next()?.entryClientOrderID == "early")
    try await offPool { listener.stop() }
  }

  @Test(arguments: [
    ("'nobody', 'x', stop_loss_percent => 1", "no account"), ("'main', ''", "empty"),
    ("'main', 'x'", "neither a stop"), ("'main', 'x', stop_loss_percent => 0", "out of range"),
    ("'main', 'x', stop_loss_percent => 100", "out of range"),
    ("'main', 'x', stop_loss_percent => 'NaN'", "digits"), ("'main', 'x', stop_loss_price => -1", "not positive"),
    ("'main', 'x', stop_loss_percent => 1, stop_loss_price => 1", "not both"),
    ("'main', 'x', take_profit_percents => '{1,2,3}'", "take_profit_shares is missing"),
    ("'main', 'x', take_profit_percents => '{1,2}', take_profit_shares => '{0.5,0.4}'", "sum to exactly 1"),
    ("'main', 'x', take_profit_percents => '{1,2}', take_profit_shares => '{1}'", "same length"),
    ("'main', 'x', take_profit_prices => '{-5}'", "not positive"),
    ("'main', 'x', stop_loss_percent => 1e-30", "digits"),
    ("'main', 'x', stop_loss_percent => 1, on_crossed_stop => 'pray'", "exit, clamp or alert"),
  ])
  func `a bracket that makes no sense is refused in words`(arguments: String, words: String) async throws {
    try await offPool {
      let database = try Self.claimed()
      let error = #expect(throws: PostgresError.self) {
        try database.run("select backstop.register_bracket(\(arguments))")
      }
      #expect(error?.sqlState == "22023")
      #expect(error?.sensitiveDetail.contains(words) == true, "\(error?.sensitiveDetail ?? "")")
      #expect(try database.count("select count(*) from backstop.brackets") == 0)
    }
  }

  @Test func `a direct insert of nonsense is refused by the table itself`() async throws {
    try await offPool {
      let database = try Self.claimed()
      let error = #expect(throws: PostgresError.self) {
        try database.run(
          "insert into backstop.brackets (account, entry_client_order_id, stop_loss_percent) values ('main', 'x', -1)")
      }
      #expect(error?.category == .integrityViolation)
      #expect(error?.description.contains("brackets_make_sense") == true)
    }
  }

  @Test func `bots hear of alerts, coverage and closed lots`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      let bot = try database.database.connect()
      try bot.execute(Statement("listen", "listen backstop_events"))
      var closed = SampleAccount.lot
      closed.closedAt = SampleAccount.start
      try database.write(SampleAccount.inputs + [[.lot(closed)]])
      var events: [String] = []
      while !events.contains(where: { $0.contains("lot_closed") }) {
        let found = try bot.notifications(waitingMilliseconds: 20_000)
        try #require(!found.isEmpty)
        events += found.map(\.payload)
      }
      #expect(events.contains { $0.contains("coverage_changed") })
      #expect(events.contains { $0.contains("alert_raised") })
    }
  }
}
