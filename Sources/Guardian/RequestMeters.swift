import RESTClient
import Telemetry
import Venue

/// Counts REST requests for `/metrics`.
struct RequestMeters: Sendable {
  private let registry: MetricsRegistry
  private let used: GaugeSeries
  private let limit: GaugeSeries

  init(_ registry: MetricsRegistry) {
    self.registry = registry
    used = registry.gauge(MetricCatalog.requestWeightUsed)
    limit = registry.gauge(MetricCatalog.requestWeightLimit)
  }

  func observe(_ report: BudgetedTransport.Report) {
    registry.counter(MetricCatalog.requests, report.label, report.result.statusLabel).add()
    if report.result == .shed { registry.counter(MetricCatalog.requestsShed, report.purpose.word).add() }
    used.set(Double(report.weightUsed))
    limit.set(Double(report.weightLimit))
  }
}

extension HTTPRequest.Purpose {
  fileprivate var word: String {
    switch self {
    case .background: "background"
    case .reconcile: "reconcile"
    case .protect: "protect"
    }
  }
}
