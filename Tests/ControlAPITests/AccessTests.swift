import EventLoop
import Testing

@testable import ControlAPI

@Suite struct AccessTests {
  @Test(arguments: ControlRoute.allCases, [nil, "wrong-token-of-some-length-123456", "", ControlDesk.token + "x"])
  func `each route without the right token answers 401 where it needs one, and nothing is done`(
    route: ControlRoute, token: String?
  ) async throws {
    let desk = try ControlDesk()
    let response = await desk.send(route, token: token)
    switch route.access {
    case .open: #expect(response.status == 200)
    case .moreWithToken: #expect(response.status == (token == nil ? 200 : 401))
    case .token:
      #expect(response.status == 401)
      #expect(response.headers["www-authenticate"] == "Bearer")
    }
    #expect(desk.surface.everythingAsked.isEmpty)
  }

  @Test(arguments: ControlRoute.allCases)
  func `without a configured token nothing that needs one can be done, whatever is sent`(route: ControlRoute)
    async throws
  {
    let desk = try ControlDesk(hasToken: false)
    for token in [nil, "", ControlDesk.token] {
      let response = await desk.send(route, token: token)
      if route.access == .token { #expect(response.status == 401) }
    }
    #expect(desk.surface.everythingAsked.isEmpty)
  }

  @Test(arguments: [
    "Basic \(ControlDesk.token)", ControlDesk.token, "Bearer", "Bearer ", "Bearer  \(ControlDesk.token)",
  ])
  func `only the bearer scheme counts`(header: String) async throws {
    let desk = try ControlDesk()
    let response = await desk.send("GET", "/v1/plan", headers: ["authorization": header])
    #expect(response.status == 401)
    #expect(await desk.send("GET", "/v1/plan", headers: ["authorization": "bearer " + ControlDesk.token]).status == 200)
  }

  @Test(arguments: ControlRoute.allCases)
  func `a foreign host, a foreign origin and a form are refused on each route, token or not`(
    route: ControlRoute
  ) async throws {
    let desk = try ControlDesk()
    let path = route.path.replacing("{account}", with: "main")
    let method = route.method.rawValue
    for authority in ["evil.example", "evil.example:9180", "127.0.0.1.evil.example", "localhost.evil.example", "", nil]
    {
      let response = await desk.send(method, path, token: ControlDesk.token, body: "{}", authority: authority)
      #expect(response.status == 403, "\(authority ?? "none")")
    }
    let origins = ["http://evil.example", "null", "https://127.0.0.1:1", "http://127.0.0.1:9180.evil.example"]
    for origin in origins {
      let response = await desk.send(method, path, token: ControlDesk.token, headers: ["origin": origin], body: "{}")
      #expect(response.status == 403, "\(origin)")
    }
    let crossSite = await desk.send(
      method, path, token: ControlDesk.token, headers: ["sec-fetch-site": "cross-site"], body: "{}")
    #expect(crossSite.status == 403)
    if route.method == .post {
      for type in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""] {
        let response = await desk.send(
          method, path, token: ControlDesk.token, headers: ["content-type": type], body: "{}")
        #expect(response.status == 415, "\(type)")
      }
    }
    #expect(desk.surface.everythingAsked.isEmpty)
  }

  @Test(arguments: ["127.0.0.1:9180", "localhost:9180", "[::1]:9180", "LOCALHOST"])
  func `its own names and its own page are let in`(authority: String) async throws {
    let desk = try ControlDesk(allowedOrigins: ["https://ops.example"])
    for origin in ["http://" + authority, "https://ops.example"] {
      let response = await desk.send(
        "POST", "/v1/accounts/main/sweep", token: ControlDesk.token,
        headers: ["origin": origin, "sec-fetch-site": "same-origin"], body: "{}", authority: authority)
      #expect(response.status == 202)
    }
  }

  @Test func `a flood of wrong tokens gets 429, and the right one still passes`() async throws {
    let desk = try ControlDesk()
    for _ in 0..<FailureLimit.failuresMax {
      #expect(await desk.send("GET", "/v1/plan", token: "wrong-token-of-some-length").status == 401)
    }
    let refused = await desk.send("GET", "/v1/plan", token: "wrong-token-of-some-length")
    #expect(refused.status == 429)
    #expect(refused.headers["retry-after"] == "60")
    #expect(await desk.send("GET", "/v1/plan", token: ControlDesk.token).status == 200)
    #expect(await desk.send("GET", "/v1/plan").status == 401)
    desk.time.advance(bySeconds: 60)
    #expect(await desk.send("GET", "/v1/plan", token: "wrong-token-of-some-length").status == 401)
  }

  @Test(arguments: ["", "short", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "0123456789 0123456789 0123456789"])
  func `a weak token is refused at the start`(token: String) {
    #expect(throws: ControlServerError.weakToken) { try BearerToken(token) }
  }

  @Test func `a token cannot be printed`() throws {
    let token = try BearerToken(ControlDesk.token)
    #expect(!"\(token)".contains("correct") && !String(reflecting: token).contains("correct"))
    var dumped = ""
    dump(token, to: &dumped)
    #expect(!dumped.contains("correct"))
  }

  @Test(arguments: ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "example.org"])
  func `other machines are not served without a token`(host: String) throws {
    let open = ControlServerConfiguration(host: host, token: nil)
    #expect(throws: ControlServerError.remoteWithoutToken(host: host)) { try open.checked() }
    let guarded = ControlServerConfiguration(host: host, token: try BearerToken(ControlDesk.token))
    #expect(throws: Never.self) { try guarded.checked() }
  }

  @Test(arguments: [
    ("192.168.1.5:9180", true), ("[fe80::1]:9180", true), ("localhost", true), ("guard.example", true),
    ("evil.example", false), ("1.2.3.4.evil.example", false),
  ])
  func `off loopback addresses and the allowed names are answered, other names are not`(
    authority: String, isAnswered: Bool
  ) throws {
    let gate = try ControlServerConfiguration(
      host: "0.0.0.0", token: BearerToken(ControlDesk.token), allowedHosts: ["Guard.example"]
    ).checked()
    let request = ControlRequest(method: "GET", path: "/live", authority: authority)
    let answered = (try? gate.checkOrigin(request)) != nil
    #expect(answered == isAnswered)
  }

  @Test func `each write and each refusal leaves an audit line without the token`() async throws {
    let lines = Locked<[String]>([])
    let desk = try ControlDesk(logger: RecordingLogHandler.logger(lines))
    _ = await desk.post("/v1/accounts/main/pause", "{}")
    _ = await desk.send("POST", "/v1/accounts/main/pause", token: "CANARY-wrong-token-0123456789", body: "{}")
    _ = await desk.send("GET", "/live")
    let seen = lines.withLock { $0 }
    #expect(seen.count == 2)
    #expect(seen.first?.contains("Control request path=/v1/accounts/main/pause") == true)
    #expect(seen.last?.contains("code=token_wrong") == true)
    #expect(!seen.contains { $0.contains("CANARY") || $0.contains(ControlDesk.token) })
  }
}
