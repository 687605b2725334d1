import Testing

@testable import ControlAPI

@Suite struct StatusPageTests {
  @Test func `hostile texts are inert in the page, with and without details`() async throws {
    let desk = try ControlDesk()
    for token in [nil, ControlDesk.token] {
      let page = await desk.send(.page, token: token)
      #expect(!page.text.contains("<img"))
      #expect(!page.text.unicodeScalars.contains { $0 == "\u{1b}" })
    }
    let details = await desk.send(.page, token: ControlDesk.token).text
    #expect(details.contains("naked\u{FFFD}[2J&lt;img src=x onerror=alert(1)&gt;"))
    #expect(details.contains("SECRETUSDT"))
  }

  @Test func `only this page's own style and script may run, and nobody may frame it`() async throws {
    let desk = try ControlDesk()
    let first = await desk.send(.page)
    let second = await desk.send(.page)
    let policy = try #require(first.headers["content-security-policy"])
    #expect(policy != second.headers["content-security-policy"], "a nonce is used once")
    #expect(policy.hasPrefix("default-src 'none';") && policy.contains("frame-ancestors 'none'"))
    #expect(!policy.contains("unsafe"))
    let nonce = try #require(policy.split(separator: "'nonce-").dropFirst().first?.prefix { $0 != "'" })
    #expect(first.text.contains("<script nonce=\"\(nonce)\">"))
    #expect(!first.text.contains("http://") && !first.text.contains("https://"), "no asset from elsewhere")
    #expect(first.headers["cache-control"] == "no-store")
    #expect(first.headers["x-content-type-options"] == "nosniff")
    #expect(first.headers["x-frame-options"] == "DENY")
  }

  @Test func `a rate just below all never reads as all`() {
    #expect(StatusPage.percent(0.99999) == "99.9 %")
    #expect(StatusPage.percent(1) == "100 %")
    #expect(StatusPage.percent(0) == "0 %")
    #expect(StatusPage.age(.milliseconds(3250)) == "3.2 s")
    #expect(StatusPage.age(.seconds(125)) == "2 min")
  }
}
