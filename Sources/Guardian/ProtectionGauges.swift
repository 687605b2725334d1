import Reconciler
import Telemetry
import Trading
import Venue

/// The gauges that only all accounts together can tell, and those that change by time alone. Brought up to date once a
/// second from what the cores know, never by one account for all: a covered account must not hide a naked one.
struct ProtectionGauges: Sendable {
  let registry: MetricsRegistry

  func refresh(_ accounts: [ProtectionState], at now: Instant) {
    let coverage = CoverageSummary(accounts.flatMap(\.coverage))
    let isKnown = !accounts.isEmpty && accounts.allSatisfy(\.isKnown) && !coverage.isUnknown
    registry.gauge(MetricCatalog.coverageUnknown).set(!isKnown)
    registry.gauge(MetricCatalog.coverageRate).set(Double(coverage.rate.text()) ?? 0)
    registry.gauge(MetricCatalog.nakedPositions).set(Double(coverage.nakedPositions))
    for (state, count) in coverage.states {
      registry.gauge(MetricCatalog.positions, state.rawValue).set(Double(count))
    }
    let naked = accounts.flatMap(\.nakedSince.values).min()
    registry.gauge(MetricCatalog.nakedLongest).set(naked.map { (now - $0).inSeconds } ?? 0)
    if let swept = accounts.compactMap(\.lastSweep).min() {
      registry.gauge(MetricCatalog.sweepAge).set((now - swept).inSeconds)
    }
    registry.gauge(MetricCatalog.accountsPaused).set(Double(accounts.count(where: \.isPaused)))
    refreshShares()
  }

  private func refreshShares() {
    let placed = Source.allCases.map { registry.counter(MetricCatalog.placements, $0.rawValue).value }
    let total = placed.reduce(0, +)
    guard total > 0 else { return }
    for (source, count) in zip(Source.allCases, placed) {
      registry.gauge(MetricCatalog.layerShare, source.rawValue).set(count / total)
    }
  }
}
