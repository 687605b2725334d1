import EventLoop
import Reconciler
import StreamClient
import Telemetry
import Trading
import Venue

/// Turns one account's facts into metrics that add up over accounts. Series are looked up once; an update costs
/// nanoseconds, so the loop may do it. What only all accounts together can tell is `ProtectionGauges`.
final class AccountGauges: Sendable {
  private let registry: MetricsRegistry
  private let placements: [Source: CounterSeries]
  private let latencies: [Source: HistogramSeries]
  private let commandLatency: HistogramSeries
  private let state: Locked<State>

  private struct State {
    var alerts: [String: String] = [:]
    var isStreamOpen = false
  }

  init(_ registry: MetricsRegistry) {
    self.registry = registry
    placements = Self.perSource { registry.counter(MetricCatalog.placements, $0) }
    latencies = Self.perSource { registry.histogram(MetricCatalog.placementLatency, $0) }
    commandLatency = registry.histogram(MetricCatalog.commandLatency)
    state = Locked(State())
  }

  private static func perSource<Series>(_ make: (String) -> Series) -> [Source: Series] {
    Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, make($0.rawValue)) })
  }

  // MARK: - Facts

  func observe(_ facts: [Fact], at now: Instant) {
    for fact in facts {
      switch fact {
      case .action(let action): observe(action)
      case .naked(let record): observe(record, at: now)
      case .sweep(let record): observe(record, at: now)
      case .alert(let record): observe(record)
      case .gap(let record):
        if let until = record.until {
          registry.histogram(MetricCatalog.streamGaps).observe((until - record.from).inSeconds)
        }
      case .coverage, .instrument, .order, .orderEvent, .fill, .closure, .balance, .bracket, .lot, .leg, .residual,
        .tradeCursor,
        .protectedSince, .raw:
        continue
      }
    }
  }

  private func observe(_ action: ActionRecord) {
    guard action.state == .sent, action.command == "place_oco" || action.command == "place_leg" else { return }
    placements[action.source]?.add()
  }

  private func observe(_ record: NakedRecord, at now: Instant) {
    guard let until = record.until else { return }
    let seconds = (until - record.since).inSeconds
    registry.histogram(MetricCatalog.nakedDuration, record.cause).observe(seconds)
    registry.counter(MetricCatalog.nakedSeconds, record.cause).add(seconds: seconds)
  }

  private func observe(_ record: SweepRecord, at now: Instant) {
    registry.counter(MetricCatalog.sweeps, record.trigger, record.isComplete ? "true" : "false").add()
    registry.counter(MetricCatalog.sweepRepairs).add(record.repairs)
    registry.histogram(MetricCatalog.sweepDuration).observe((record.finishedAt - record.startedAt).inSeconds)
  }

  private func observe(_ record: AlertRecord) {
    let key = record.kind + "\u{0}" + record.subject
    let change = state.withLock { state -> (severity: String, delta: Double)? in
      let standing = state.alerts[key]
      switch (record.isStanding, standing) {
      case (true, nil):
        state.alerts[key] = record.severity.rawValue
        return (record.severity.rawValue, 1)
      case (false, .some(let severity)):
        state.alerts[key] = nil
        return (severity, -1)
      case (true, .some), (false, nil): return nil
      }
    }
    if let change { registry.gauge(MetricCatalog.alertsStanding, record.kind, change.severity).add(change.delta) }
  }

  // MARK: - Shell

  /// From the bytes of the fact to the bytes of the command.
  func placed(by source: Source, after latency: Duration) { latencies[source]?.observe(latency.inSeconds) }

  func received(_ event: VenueEvent?) {
    let type =
      switch event {
      case .order: "order"
      case .orderList: "order_list"
      case .balances: "balances"
      case .balanceChange: "balance_change"
      case .externalLock: "external_lock"
      case .unknown: "unknown"
      case nil: "malformed"
      }
    registry.counter(MetricCatalog.streamEvents, type).add()
  }

  func settled(_ command: VenueCommand, _ outcome: CommandOutcome, after duration: Duration) {
    let word =
      switch outcome {
      case .accepted: "accepted"
      case .rejected: "rejected"
      case .ambiguous: "ambiguous"
      }
    registry.counter(MetricCatalog.commands, command.name, word).add()
    if word == "ambiguous" { registry.counter(MetricCatalog.commandsAmbiguous).add() }
    commandLatency.observe(duration.inSeconds)
  }

  func stream(isOpen: Bool) {
    if isOpen { registry.counter(MetricCatalog.streamEpochs).add() }
    let change = state.withLock { state -> Double in
      defer { state.isStreamOpen = isOpen }
      return state.isStreamOpen == isOpen ? 0 : isOpen ? 1 : -1
    }
    registry.gauge(MetricCatalog.streamConnected).add(change)
  }

  func reconnecting(_ error: StreamError) {
    let reason =
      switch error.category {
      case .dns, .connect: "error"
      case .tls: "tls"
      case .handshake, .venue: "refused"
      case .timeout: "stale"
      case .closed: "closed"
      case .protocol: "protocol"
      case .local: "other"
      }
    registry.counter(MetricCatalog.streamReconnects, reason).add()
  }

  func measuredClock(_ offset: Duration) {
    registry.gauge(MetricCatalog.clockOffset).set(offset.inSeconds)
  }
}

extension Duration {
  /// For metrics only, never for deadlines or money.
  var inSeconds: Double { Double(wholeNanoseconds) / 1e9 }
}
