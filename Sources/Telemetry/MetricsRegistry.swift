public import CoreMetrics

/// Holds every series of the catalog and writes them as Prometheus text.
///
/// The set of series never changes after `init`, so looking one up takes no lock. Take the series once and keep it: a
/// look-up builds a key, an update does not.
public final class MetricsRegistry: MetricsFactory, Sendable {
  /// What happens to a metric or a label value that the catalog does not have.
  public enum UnknownPolicy: Sendable {
    /// Stop: in debug builds and tests it is a programmer error.
    case trap
    /// Ignore the updates and count them: a release build goes on protecting.
    case count

    public static var standard: UnknownPolicy {
      #if DEBUG
        .trap
      #else
        .count
      #endif
    }
  }

  enum Series: Sendable {
    case counter(CounterSeries)
    case gauge(GaugeSeries)
    case histogram(HistogramSeries)
  }

  struct Family: Sendable {
    let definition: MetricDefinition
    /// Label values joined, in the order of the catalog; `series` has the same order.
    let labelTexts: [String]
    let series: [Series]
    let indexes: [[String]: Int]
  }

  let families: [Family]
  private let familyIndexes: [String: Int]
  private let policy: UnknownPolicy
  let build: BuildFigures

  public init(
    definitions: [MetricDefinition] = MetricCatalog.all, build: BuildFigures = BuildFigures(),
    onUnknown policy: UnknownPolicy = .standard
  ) {
    families = definitions.map(Family.init)
    familyIndexes = Dictionary(
      uniqueKeysWithValues: definitions.enumerated().map { ($0.element.name, $0.offset) })
    self.policy = policy
    self.build = build
  }

  /// - Parameter values: one value per label, in the catalog's order. A value outside of the label's set counts as
  ///   `other` where the set has that.
  public func counter(_ definition: MetricDefinition, _ values: String...) -> CounterSeries {
    if case .counter(let series) = find(definition.name, values) { return series }
    return unknown(definition.name) { CounterSeries() }
  }

  public func gauge(_ definition: MetricDefinition, _ values: String...) -> GaugeSeries {
    if case .gauge(let series) = find(definition.name, values) { return series }
    return unknown(definition.name) { GaugeSeries(initial: 0) }
  }

  public func histogram(_ definition: MetricDefinition, _ values: String...) -> HistogramSeries {
    if case .histogram(let series) = find(definition.name, values) { return series }
    return unknown(definition.name) { HistogramSeries(bounds: [1]) }
  }

  private func find(_ name: String, _ values: [String]) -> Series? {
    guard let family = familyIndexes[name].map({ families[$0] }) else { return nil }
    let labels = family.definition.labels
    guard values.count == labels.count else { return nil }
    if let index = family.indexes[values] { return family.series[index] }
    let folded = zip(labels, values).map { label, value in
      label.values.contains(value) || !label.values.contains(MetricLabel.other) ? value : MetricLabel.other
    }
    return family.indexes[folded].map { family.series[$0] }
  }

  private func unknown<Result>(_ name: String, _ make: () -> Result) -> Result {
    switch policy {
    case .trap: preconditionFailure("metric \(name) with these labels is not in MetricCatalog: add it there")
    case .count:
      if case .counter(let series) = find(MetricCatalog.ignoredUpdates.name, []) { series.add() }
      return make()
    }
  }

  // MARK: - MetricsFactory

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    if case .counter(let series) = find(label, dimensions: dimensions) { return series }
    return unknown(label) { CounterSeries() }
  }

  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    if case .counter(let series) = find(label, dimensions: dimensions) { return series }
    return unknown(label) { CounterSeries() }
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    if case .gauge(let series) = find(label, dimensions: dimensions) { return series }
    return unknown(label) { GaugeSeries(initial: 0) }
  }

  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    switch find(label, dimensions: dimensions) {
    case .gauge(let series) where !aggregate: return series
    case .histogram(let series) where aggregate: return series
    case .counter, .gauge, .histogram, nil: return unknown(label) { GaugeSeries(initial: 0) }
    }
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    if case .histogram(let series) = find(label, dimensions: dimensions) { return series }
    return unknown(label) { HistogramSeries(bounds: [1]) }
  }

  // Series live as long as the registry: one that came and went would look like a restart to whoever scrapes.
  public func destroyCounter(_ handler: any CounterHandler) {}
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  public func destroyMeter(_ handler: any MeterHandler) {}
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  public func destroyTimer(_ handler: any TimerHandler) {}

  private func find(_ name: String, dimensions: [(String, String)]) -> Series? {
    guard let labels = familyIndexes[name].map({ families[$0].definition.labels }) else { return nil }
    guard dimensions.count == labels.count else { return nil }
    var values: [String] = []
    for label in labels {
      guard let value = dimensions.first(where: { $0.0 == label.name })?.1 else { return nil }
      values.append(value)
    }
    return find(name, values)
  }
}

extension MetricsRegistry.Family {
  init(_ definition: MetricDefinition) {
    var combinations: [[String]] = [[]]
    for label in definition.labels {
      combinations = combinations.flatMap { prefix in label.values.map { prefix + [$0] } }
    }
    self.definition = definition
    labelTexts = combinations.map { values in
      zip(definition.labels, values).map { "\($0.name)=\"\(PrometheusText.escapedLabelValue($1))\"" }
        .joined(separator: ",")
    }
    series = combinations.map { _ in
      switch definition.kind {
      case .counter: .counter(CounterSeries())
      case .gauge: .gauge(GaugeSeries(initial: definition.initial))
      case .histogram: .histogram(HistogramSeries(bounds: definition.buckets))
      }
    }
    indexes = Dictionary(uniqueKeysWithValues: combinations.enumerated().map { ($0.element, $0.offset) })
  }
}
