import Binance
import Testing
import Trading

/// Paper, demo, testnet and live are told apart by host, and mixing is refused (CF03).
struct SpotEndpointsTests {
  @Test(arguments: [VenueEnvironment.live, .demo, .testnet])
  func `the venue's own addresses belong to their environment`(_ environment: VenueEnvironment) throws {
    let endpoints = try #require(SpotEndpoints.standard(environment))
    #expect(SpotEndpoints.environment(ofURL: endpoints.rest) == environment)
    #expect(SpotEndpoints.environment(ofURL: endpoints.webSocket) == environment)
    #expect(try SpotEndpoints(environment, rest: endpoints.rest, webSocket: endpoints.webSocket) == endpoints)
  }

  @Test(arguments: [
    ("https://api4.binance.com", VenueEnvironment.live), ("https://API.Binance.Com:443/", .live),
    ("https://api-gcp.binance.com", .live), ("https://api.binance.com.", .live), ("https://api.binance.us", .live),
    ("https://unheard-of.binance.com", .live), ("https://demo-api.binance.com", .demo),
    ("https://api1.testnet.binance.vision", .testnet), ("https://data-api.binance.vision", .live),
  ])
  func `a host of the venue is known by its environment`(_ url: String, _ environment: VenueEnvironment) {
    #expect(SpotEndpoints.environment(ofURL: url) == environment)
  }

  @Test(arguments: [
    "https://binance.com.evil.example", "https://notbinance.com", "https://localhost:8443", "https://[::1]:1",
  ])
  func `a host that is not the venue's belongs to none of its environments`(_ url: String) {
    #expect(SpotEndpoints.environment(ofURL: url) == nil)
  }

  @Test(arguments: VenueEnvironment.allCases, [VenueEnvironment.live, .demo, .testnet])
  func `an account never gets another environment's address`(_ stated: VenueEnvironment, _ actual: VenueEnvironment)
    throws
  {
    guard stated != actual else { return }
    let foreign = try #require(SpotEndpoints.standard(actual))
    #expect(throws: SpotEndpoints.Mismatch.self) {
      try SpotEndpoints(stated, rest: foreign.rest, webSocket: foreign.webSocket)
    }
    let own = SpotEndpoints.standard(stated)
    #expect(throws: SpotEndpoints.Mismatch.self) {
      try SpotEndpoints(stated, rest: own?.rest ?? "https://localhost:1", webSocket: foreign.webSocket)
    }
  }

  @Test func `the paper venue lives anywhere but at the venue, in the clear only on this machine`() throws {
    let plain = try SpotEndpoints(.paper, rest: "http://127.0.0.1:8080/", webSocket: "ws://[::1]:8081/ws-api/v3")
    #expect(plain.rest == "http://127.0.0.1:8080")
    _ = try SpotEndpoints(.paper, rest: "https://paper:8443", webSocket: "wss://paper:8443/ws-api/v3")
    #expect(throws: SpotEndpoints.Mismatch.scheme("http", expected: "https")) {
      try SpotEndpoints(.paper, rest: "http://paper:8080", webSocket: "wss://paper:8443")
    }
    #expect(throws: SpotEndpoints.Mismatch.scheme("http", expected: "https")) {
      try SpotEndpoints(.live, rest: "http://api.binance.com", webSocket: "wss://ws-api.binance.com/ws-api/v3")
    }
  }

  @Test(arguments: [
    "https://testnet.binance.vision@api.binance.com", "https://user:word@localhost", "https:/localhost",
    "localhost:8443",
    "https://", "https://:443", "https://%61pi.binance.com", "https://api.binance.com:0", "https://host:port",
    "https://api.binance.com\\@localhost", "https://[::1", "https://a b",
  ])
  func `a URL that could hide its host is refused and not repeated`(_ url: String) {
    #expect(throws: SpotEndpoints.Mismatch.notAURL) {
      try SpotEndpoints(.paper, rest: url, webSocket: "wss://localhost")
    }
    #expect(!SpotEndpoints.Mismatch.notAURL.description.contains("word"))
  }
}
