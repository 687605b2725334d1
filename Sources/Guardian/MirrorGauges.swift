import EventLoop
import Mirror
import Telemetry

/// Copies the writer's state into metrics whenever they are read.
final class MirrorGauges: Sendable {
  private let registry: MetricsRegistry
  private let writer: Locked<MirrorWriter?>

  init(_ registry: MetricsRegistry, _ writer: MirrorWriter?) {
    self.registry = registry
    self.writer = Locked(writer)
  }

  func refresh() {
    guard let status = writer.withLock({ $0 })?.status else { return }
    registry.gauge(MetricCatalog.mirrorConnected).set(status.isConnected)
    registry.gauge(MetricCatalog.mirrorQueueDepth).set(Double(status.waitingFacts))
    let lag = status.lagMicroseconds(nowMicroseconds: WallClock.system.nowMicroseconds)
    registry.gauge(MetricCatalog.mirrorLag).set(Double(lag) / 1e6)
    registry.counter(MetricCatalog.mirrorBatches).set(total: Double(status.batches))
    registry.counter(MetricCatalog.mirrorRows).set(total: Double(status.factsCommitted))
    registry.counter(MetricCatalog.mirrorDropped).set(total: Double(status.telemetryDropped + status.factsLost))
  }

  func stop() { writer.withLock { $0 = nil } }
}
