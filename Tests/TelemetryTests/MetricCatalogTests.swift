import Telemetry
import Testing

@Suite struct MetricCatalogTests {
  @Test func `the three names that the product promises exist with exactly their labels`() {
    let byName = Dictionary(uniqueKeysWithValues: MetricCatalog.all.map { ($0.name, $0) })
    #expect(byName["oco_coverage_rate"]?.kind == .gauge)
    #expect(byName["oco_coverage_rate"]?.labels.isEmpty == true)
    #expect(byName["oco_placement_latency_seconds"]?.kind == .histogram)
    #expect(byName["oco_placement_total"]?.kind == .counter)
    #expect(
      byName["oco_placement_total"]?.labels == [MetricLabel("source", ["stream", "sweep", "direct"])])
  }

  @Test func `names follow the rules of Prometheus and are unique`() {
    #expect(Set(MetricCatalog.all.map(\.name)).count == MetricCatalog.all.count)
    for metric in MetricCatalog.all {
      #expect(metric.name.utf8.allSatisfy { ($0 >= 97 && $0 <= 122) || $0 == 95 }, "\(metric.name)")
      let promised = metric.name.hasPrefix("oco_") || metric.name.hasPrefix("process_")
      #expect(promised || metric.name.hasPrefix("backstop_"), "\(metric.name)")
      #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
      #expect(metric.help.hasSuffix(".") && !metric.help.contains("\n"), "\(metric.name)")
      for label in metric.labels { #expect(Set(label.values).count == label.values.count) }
    }
  }

  @Test func `no label can carry a symbol, an order or an account`() {
    let names = Set(MetricCatalog.all.flatMap { $0.labels.map(\.name) })
    #expect(
      names.isSubset(of: [
        "source", "state", "cause", "kind", "severity", "reason", "type", "trigger", "complete", "command", "outcome",
        "purpose", "endpoint", "status", "component",
      ]))
  }

  @Test func `the number of series is bounded`() {
    #expect(MetricCatalog.all.reduce(0) { $0 + $1.seriesCount } < 500)
  }
}
