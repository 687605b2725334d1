import RESTClient
import Testing

@Suite struct HTTPOriginTests {
  @Test(arguments: [
    ("https://api.binance.com", "https://api.binance.com:443"),
    ("https://Api.Binance.com/", "https://api.binance.com:443"),
    ("https://[::1]:8443", "https://[::1]:8443"), ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ("http://localhost:1", "http://localhost:1"), ("http://[::1]", "http://[::1]:80"),
  ])
  func `scheme, host and port are read`(text: String, expected: String) throws {
    #expect(try HTTPOrigin(text).description == expected)
  }

  @Test(arguments: [
    "http://api.binance.com", "http://127.0.0.1.evil.example", "http://128.0.0.1", "http://0.0.0.0:80",
    "http://localhost.evil.example",
  ])
  func `plain http to another machine is refused`(text: String) {
    #expect(throws: HTTPTransportError.self) { try HTTPOrigin(text) }
  }

  @Test(arguments: [
    "", "api.binance.com", "ftp://x", "https://", "https://user:secret@host", "https://host/path", "https://host?x=1",
    "https://host:0", "https://host:65536", "https://host:x", "https://ho st", "https://host#f", "https://[::1]x",
  ])
  func `anything else is refused with a reason that repeats nothing secret`(text: String) {
    let error = #expect(throws: HTTPTransportError.self) { try HTTPOrigin(text) }
    #expect(error?.description.contains("secret") == false)
  }
}
