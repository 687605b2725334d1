import Telemetry
import Testing
import Trading
import Venue

@testable import ControlAPI

@Suite struct ReadingTests {
  /// Everything about the exposed account that no anonymous body may hold (fault SE11).
  static let secrets = [
    "SECRET", "123.456", "0.2571", "98.5", "LEGID", "ENTRYID", "4711", "12345.6", "STRATEGYNAME", "onerror",
  ]

  @Test(arguments: ControlRoute.allCases.filter { $0.access != .token })
  func `what needs no token names no symbol, order or quantity`(route: ControlRoute) async throws {
    let states = [ComponentState(.stream, .degraded, code: "SECRETUSDT 123.456", detail: "SECRETUSDT 123.456")]
    let desk = try ControlDesk(surface: FakeSurface(states: states))
    let text = await desk.send(route).text
    for secret in Self.secrets { #expect(!text.contains(secret), "\(secret) in \(route.path)") }
  }

  @Test func `the anonymous status has exactly this shape`() async throws {
    let desk = try ControlDesk()
    let shape = try #require(await desk.send(.status).json).shape
    #expect(
      shape == [
        ".version", ".status", ".components", ".components[].component", ".components[].state", ".components[].reason",
        ".coverage", ".coverage.verdict", ".coverage.known", ".coverage.rate", ".coverage.naked_positions",
        ".coverage.longest_naked_seconds", ".coverage.positions", ".coverage.positions.covered",
        ".coverage.positions.partial", ".coverage.positions.naked", ".coverage.positions.dust",
        ".coverage.positions.flat", ".coverage.positions.ignored", ".coverage.positions.unknown",
        ".alerts", ".alerts.notice", ".alerts.warning", ".alerts.critical",
        ".layers", ".layers.stream", ".layers.stream.placements", ".layers.stream.share", ".layers.sweep",
        ".layers.sweep.placements", ".layers.sweep.share", ".layers.direct", ".layers.direct.placements",
        ".layers.direct.share",
        ".accounts", ".accounts[].account", ".accounts[].environment", ".accounts[].armed", ".accounts[].paused",
        ".accounts[].known", ".accounts[].stream_connected", ".accounts[].last_sweep_age_seconds",
      ])
  }

  @Test func `the anonymous live and ready bodies have exactly these shapes`() async throws {
    let desk = try ControlDesk()
    #expect(await desk.send(.live).json?.shape == [".status"])
    #expect(
      await desk.send(.ready).json?.shape == [
        ".status", ".components", ".components[].component", ".components[].state", ".components[].reason",
      ])
  }

  @Test func `with the token the status shows positions, legs and alerts, decimals as strings`() async throws {
    let desk = try ControlDesk()
    let account = try #require(await desk.send(.status, token: ControlDesk.token).json?["accounts"]?[0])
    #expect(account["coverage"]?[0]?["position"]?.string == "123.456")
    #expect(account["coverage"]?[0]?["naked_seconds"]?.number == 1.5)
    #expect(account["legs"]?[0]?["trigger_price"]?.string == "98.5")
    #expect(account["lots"]?[0]?["average_price"]?.string == "100")
    #expect(account["residuals"]?["SECRET"]?.string == "0.5")
    #expect(account["alerts"]?[0]?["severity"]?.string == "critical")
    #expect(account["last_sweep_age_seconds"]?.number == 3.2)
  }

  @Test func `coverage that is not known is null and never a number`() async throws {
    var doubtful = FakeSurface.exposed
    doubtful.isKnown = false
    doubtful.lastSweepAge = nil
    let none: [AccountView] = []
    for views in [[doubtful], none] {
      let desk = try ControlDesk(surface: FakeSurface(views: views))
      let coverage = try #require(await desk.send(.status).json?["coverage"])
      #expect(coverage["known"] == .bool(false))
      #expect(coverage["rate"] == .null)
      let page = await desk.send(.page).text
      #expect(page.contains("<strong>unknown</strong>"))
      #expect(!page.contains("100 %"))
    }
  }

  @Test func `an account without a position shows no share of it, and nothing red`() async throws {
    var flat = FakeSurface.exposed
    flat.nakedFor = [:]
    flat.coverage = []
    let desk = try ControlDesk(surface: FakeSurface(views: [flat]))
    #expect(await desk.send(.status).json?["coverage"]?["rate"]?.number == 1)
    #expect(await desk.send(.page).text.contains("nothing is open"))
  }

  @Test func `a naked timer beats every healthy component`() async throws {
    let desk = try ControlDesk()
    #expect(await desk.send(.status).json?["coverage"]?["verdict"]?.string == "naked")
    #expect(await desk.send(.page).text.contains("<span class=\"pill down\">naked</span>"))
    var calm = FakeSurface.exposed
    calm.nakedFor = [:]
    let quiet = try ControlDesk(surface: FakeSurface(views: [calm]))
    #expect(await quiet.send(.status).json?["coverage"]?["verdict"]?.string == "protected")
  }

  @Test(arguments: [
    ([ComponentState.Level.healthy, .healthy], 200, "healthy"), ([.healthy, .degraded], 200, "degraded"),
    ([.down, .healthy], 503, "down"), ([], 503, "down"),
  ])
  func `ready is 503 as soon as one component is down, or nothing is known`(
    levels: [ComponentState.Level], status: Int, word: String
  ) async throws {
    let states = zip([ControlComponent.stream, .mirror], levels).map { ComponentState($0, $1, code: "reconnecting") }
    let desk = try ControlDesk(surface: FakeSurface(states: states))
    let response = await desk.send(.ready)
    #expect(response.status == status)
    #expect(response.json?["status"]?.string == word)
  }

  @Test func `metrics carry the component states and the counted answers`() async throws {
    let states = [ComponentState(.mirror, .down, code: "unreachable"), ComponentState(.stream, .healthy)]
    let desk = try ControlDesk(surface: FakeSurface(states: states))
    _ = await desk.send("GET", "/nowhere")
    let response = await desk.send(.metrics)
    #expect(response.contentType == "text/plain; version=0.0.4; charset=utf-8")
    #expect(response.text.contains("backstop_component_state{component=\"mirror\",state=\"down\"} 1\n"))
    #expect(response.text.contains("backstop_component_state{component=\"mirror\",state=\"healthy\"} 0\n"))
    #expect(response.text.contains("backstop_control_requests_total{status=\"4xx\"} 1\n"))
  }

  @Test func `every component is in the metric catalog`() {
    let label = MetricCatalog.componentState.labels.first { $0.name == "component" }
    #expect(label?.values.sorted() == ControlComponent.allCases.map(\.rawValue).sorted())
  }

  @Test func `the plan says what, why and for which lot`() async throws {
    let desk = try ControlDesk()
    let step = try #require(await desk.send(.plan, token: ControlDesk.token).json?["steps"]?[0])
    #expect(step["command"]?.string == "place_leg")
    #expect(step["reason"]?.string == "uncovered")
    #expect(step["entry_order_id"]?.string == "4711")
    #expect(step["orders"]?[0]?["trigger_price"]?.string == "98.5")
  }

  @Test func `layer shares come from the placements counted`() async throws {
    let desk = try ControlDesk()
    desk.registry.counter(MetricCatalog.placements, "stream").add(3)
    desk.registry.counter(MetricCatalog.placements, "sweep").add(1)
    let layers = try #require(await desk.send(.status).json?["layers"])
    #expect(layers["stream"]?["share"]?.number == 0.75)
    #expect(layers["sweep"]?["placements"]?.number == 1)
  }

  @Test(arguments: [
    ("GET", "/v1/orders", 405), ("DELETE", "/live", 405), ("GET", "/v2/status", 404), ("GET", "//", 404),
  ])
  func `an unknown path or method says so and what to do`(method: String, path: String, status: Int) async throws {
    let response = try await ControlDesk().send(method, path, token: ControlDesk.token)
    #expect(response.status == status)
    #expect(response.json?.shape == [".error", ".error.code", ".error.message", ".error.hint"])
    if status == 405 { #expect(response.headers["allow"] == (path == "/live" ? "GET" : "POST")) }
  }
}
