import Telemetry
import Trading
import Venue

/// What `/v1/status` and the page show. Without a token: states, counts and ages only (fault SE11).
struct StatusReport: Sendable {
  var version: String
  var components: [ComponentState]
  var accounts: [AccountView]
  /// 0 to 1; `nil` while unknown, which is never shown as a number (promise I8).
  var coverageRate: Double?
  /// Positions that the rate is about.
  var openPositions: Int
  var positions: [(state: CoverageRecord.State, count: Int)]
  var longestNaked: Duration?
  var alerts: [(severity: AlertRecord.Severity, count: Int)]
  var layers: [Layer]

  struct Layer: Hashable, Sendable {
    var source: Source
    var placements: Int
    /// `nil` before the first placement.
    var share: Double?
  }

  init(version: String, components: [ComponentState], accounts: [AccountView], registry: MetricsRegistry) {
    self.version = version
    self.components = components
    self.accounts = accounts
    let coverage = CoverageSummary(accounts.flatMap(\.coverage))
    let isKnown = !accounts.isEmpty && accounts.allSatisfy(\.isKnown) && !coverage.isUnknown
    coverageRate = isKnown ? Double(coverage.rate.text()) : nil
    openPositions = coverage.openPositions
    positions = CoverageRecord.State.allCases.map { state in (state, coverage.states[state, default: 0]) }
    longestNaked = accounts.flatMap(\.nakedFor.values).max()
    let standing = accounts.flatMap(\.alerts)
    alerts = AlertRecord.Severity.allCases.map { severity in (severity, standing.count { $0.severity == severity }) }
    let placed = Source.allCases.map { source in
      (source: source, count: registry.counter(MetricCatalog.placements, source.rawValue).value)
    }
    let total = placed.reduce(0) { $0 + $1.count }
    layers = placed.map { source, count in
      Layer(source: source, placements: Int(count), share: total > 0 ? count / total : nil)
    }
  }

  /// The one word that matters. Healthy components prove nothing while a naked timer runs (promise I8).
  enum Verdict: String {
    case protected, naked, unknown
  }

  var verdict: Verdict {
    if nakedCount > 0 { return .naked }
    return coverageRate == nil ? .unknown : .protected
  }

  var level: ComponentState.Level { components.map(\.level).max() ?? .down }
  var nakedCount: Int { accounts.reduce(0) { $0 + $1.nakedFor.count } }

  func json(withDetails: Bool) -> JSONValue {
    .object([
      .init("version", .string(version)),
      .init("status", .string(level.rawValue)),
      .init("components", .array(components.map { $0.json(withDetails: withDetails) })),
      .init(
        "coverage",
        .object([
          .init("verdict", .string(verdict.rawValue)),
          .init("known", .bool(coverageRate != nil)),
          .init("rate", coverageRate.map { .number($0) } ?? .null),
          .init("naked_positions", .number(Double(nakedCount))),
          .init("longest_naked_seconds", .seconds(longestNaked)),
          .init("positions", .object(positions.map { .init($0.state.rawValue, .number(Double($0.count))) })),
        ])),
      .init("alerts", .object(alerts.map { .init($0.severity.rawValue, .number(Double($0.count))) })),
      .init("layers", .object(layers.map { .init($0.source.rawValue, $0.json) })),
      .init("accounts", .array(accounts.map { $0.json(withDetails: withDetails) })),
    ])
  }
}

extension StatusReport.Layer {
  fileprivate var json: JSONValue {
    .object([
      .init("placements", .number(Double(placements))), .init("share", share.map { .number($0) } ?? .null),
    ])
  }
}

extension ComponentState {
  func json(withDetails: Bool) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("component", .string(component.rawValue)), .init("state", .string(level.rawValue)),
      .init("reason", .string(publicCode)),
    ]
    if withDetails { members.append(.init("detail", .string(detail))) }
    return .object(members)
  }
}
