import CoreMetrics
import Telemetry
import Testing

@Suite struct MetricsRegistryTests {
  /// Series name with labels → value.
  private func samples(_ registry: MetricsRegistry) -> [String: Double] {
    var samples: [String: Double] = [:]
    for line in registry.exposition().split(separator: "\n") where !line.hasPrefix("#") {
      guard let space = line.lastIndex(of: " ") else { continue }
      samples[String(line[..<space])] = Double(line[line.index(after: space)...])
    }
    return samples
  }

  @Test func `every series of the catalog exists from the start, at 0 unless it says otherwise`() {
    let samples = samples(MetricsRegistry())
    var expected = 0
    for metric in MetricCatalog.all {
      let own = samples.filter { $0.key == metric.name || $0.key.hasPrefix(metric.name + "{") }
      let parts = samples.filter { sample in
        ["_bucket{", "_sum", "_count"].contains { sample.key.hasPrefix(metric.name + $0) }
      }
      let series = metric.kind == .histogram ? metric.seriesCount * (metric.buckets.count + 3) : metric.seriesCount
      #expect((metric.kind == .histogram ? parts.count : own.count) == series, "\(metric.name)")
      expected += series
      guard !metric.name.hasPrefix("process_") else { continue }
      #expect(own.values.allSatisfy { $0 == metric.initial } && parts.values.allSatisfy { $0 == 0 }, "\(metric.name)")
    }
    #expect(samples.count == expected + 1, "and backstop_build_info")
    #expect(samples["oco_coverage_unknown"] == 1, "unknown is shown as unknown until something is known")
  }

  @Test func `swift-metrics objects and series handles update the same series`() {
    let registry = MetricsRegistry()
    Counter(label: "oco_placement_total", dimensions: [("source", "sweep")], factory: registry).increment(by: 2)
    registry.counter(MetricCatalog.placements, "sweep").add()
    Meter(label: "backstop_mirror_queue_depth", dimensions: [], factory: registry).set(17)
    Timer(
      label: "oco_placement_latency_seconds", dimensions: [("source", "stream")], factory: registry
    ).recordMicroseconds(60)
    FloatingPointCounter(
      label: "backstop_naked_seconds_total", dimensions: [("cause", "refused")], factory: registry
    ).increment(by: 1.25)
    let samples = samples(registry)
    #expect(samples[#"oco_placement_total{source="sweep"}"#] == 3)
    #expect(samples["backstop_mirror_queue_depth"] == 17)
    #expect(samples[#"oco_placement_latency_seconds_count{source="stream"}"#] == 1)
    #expect(samples[#"backstop_naked_seconds_total{cause="refused"}"#] == 1.25)
  }

  @Test func `histogram buckets are cumulative and the count equals the last one`() {
    let registry = MetricsRegistry()
    let latency = registry.histogram(MetricCatalog.placementLatency, "direct")
    for value in [0.000_01, 0.000_05, 0.000_06, 0.2, 99] { latency.observe(value) }
    latency.observe(Double.nan)
    latency.observe(.milliseconds(-3))
    let samples = samples(registry)
    #expect(samples[#"oco_placement_latency_seconds_bucket{source="direct",le="2.5e-05"}"#] == 2)
    #expect(samples[#"oco_placement_latency_seconds_bucket{source="direct",le="5e-05"}"#] == 3)
    #expect(samples[#"oco_placement_latency_seconds_bucket{source="direct",le="0.0001"}"#] == 4)
    #expect(samples[#"oco_placement_latency_seconds_bucket{source="direct",le="30"}"#] == 5)
    #expect(samples[#"oco_placement_latency_seconds_bucket{source="direct",le="+Inf"}"#] == 6)
    #expect(samples[#"oco_placement_latency_seconds_count{source="direct"}"#] == 6)
    #expect(samples[#"oco_placement_latency_seconds_sum{source="direct"}"#] == 99.20012)
  }

  @Test func `a gauge never shows a number that is none`() {
    let registry = MetricsRegistry()
    let gauge = registry.gauge(MetricCatalog.coverageRate)
    gauge.set(0.75)
    gauge.set(Double.nan)
    gauge.set(Double.infinity)
    #expect(gauge.value == 0.75)
  }

  @Test func `a label value that is not in the closed set counts as other`() {
    let registry = MetricsRegistry()
    registry.counter(MetricCatalog.requests, "GET /api/v9/new", "5xx").add()
    #expect(samples(registry)[#"backstop_requests_total{endpoint="other",status="5xx"}"#] == 1)
  }

  @Test func `outside of the catalog updates are ignored and counted in release`() {
    let registry = MetricsRegistry(onUnknown: .count)
    Counter(label: "made_up_total", dimensions: [], factory: registry).increment()
    registry.counter(MetricCatalog.placements, "astrology").add(5)
    Meter(label: "oco_placement_total", dimensions: [("source", "stream")], factory: registry).set(1)
    let samples = samples(registry)
    #expect(samples["backstop_metrics_ignored_total"] == 3)
    #expect(samples["made_up_total"] == nil)
    #expect(samples[#"oco_placement_total{source="stream"}"#] == 0)
  }

  @Test func `outside of the catalog is a programmer error in debug`() async {
    await #expect(processExitsWith: .failure) {
      _ = Counter(label: "made_up_total", dimensions: [], factory: MetricsRegistry(onUnknown: .trap))
    }
  }

  @Test func `concurrent updates lose nothing`() async {
    let registry = MetricsRegistry()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let counter = registry.counter(MetricCatalog.sweepRepairs)
          let seconds = registry.counter(MetricCatalog.nakedSeconds, "refused")
          let histogram = registry.histogram(MetricCatalog.sweepDuration)
          for _ in 0..<1000 {
            counter.add()
            seconds.add(seconds: 0.5)
            histogram.observe(0.25)
          }
        }
      }
    }
    #expect(registry.counter(MetricCatalog.sweepRepairs).value == 8000)
    #expect(registry.counter(MetricCatalog.nakedSeconds, "refused").value == 4000)
    #expect(registry.histogram(MetricCatalog.sweepDuration).count == 8000)
    #expect(registry.histogram(MetricCatalog.sweepDuration).contents.sum == 2000)
  }

  @Test func `the process's own figures are plausible`() throws {
    let samples = samples(MetricsRegistry(build: BuildFigures(version: "0.1.0", commit: "abc\"def")))
    #expect(try #require(samples["process_resident_memory_bytes"]) > 1_000_000)
    #expect(try #require(samples["process_start_time_seconds"]) > 1_700_000_000)
    #expect(try #require(samples["process_cpu_seconds_total"]) > 0)
    #expect(try #require(samples["process_open_fds"]) >= 3)
    #expect(samples[#"backstop_build_info{version="0.1.0",commit="abc\"def"}"#] == 1)
  }
}
