import Mirror
import Postgres
import TestSupport
import Testing
import Trading

@Suite struct MirrorClaimTests {
  @Test(arguments: VenueEnvironment.allCases, VenueEnvironment.allCases)
  func `a database serves one environment only`(first: VenueEnvironment, second: VenueEnvironment) async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      var account = SampleAccount.identity
      account.environment = first
      try MirrorReader(database.configuration).claim([account])
      var other = MirrorAccount(account: "other", environment: second, venue: "binance-spot", fingerprint: "1")
      other.environment = second
      if first == second {
        try MirrorReader(database.configuration).claim([other])
        #expect(try database.count("select count(*) from backstop.accounts") == 2)
      } else {
        let before = try database.contents()
        let error = #expect(throws: MirrorError.self) { try MirrorReader(database.configuration).claim([other]) }
        #expect(error == .environmentDiffers(database: first.rawValue, ours: second.rawValue))
        #expect(try database.contents() == before)
      }
    }
  }

  @Test func `an account of the same name that is another one is refused, by the writer too, before any row`()
    async throws
  {
    try await offPool {
      let database = try MirrorDatabase.make()
      try MirrorReader(database.configuration).claim([SampleAccount.identity])
      var impostor = SampleAccount.identity
      impostor.fingerprint = "beef"
      let before = try database.contents()
      #expect(throws: MirrorError.accountDiffers(account: "main")) {
        try MirrorReader(database.configuration).claim([impostor])
      }
      let writer = try MirrorWriter(database.configuration, accounts: [impostor])
      for facts in SampleAccount.inputs { writer.record(facts, account: SampleAccount.account) }
      #expect(!writer.waitUntilCommitted(milliseconds: 500))
      #expect(writer.status.state == .refused(.accountDiffers(account: "main")))
      writer.stop(drainingMilliseconds: 0)
      #expect(try database.contents() == before)
    }
  }

  @Test func `two accounts of which one does not fit leave an empty database empty`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      var live = SampleAccount.identity
      live.account = "live"
      live.environment = .live
      #expect(throws: MirrorError.self) {
        try MirrorReader(database.configuration).claim([SampleAccount.identity, live])
      }
      #expect(try database.count("select count(*) from backstop.installation") == 0)
    }
  }
}
