@testable import Guardian
import Reconciler
import Telemetry
import Testing
import Trading
import Venue

/// What all accounts come to, in metrics.
struct ProtectionGaugesTests {
  private let registry = MetricsRegistry()
  private let now = Instant(nanoseconds: 60_000_000_000)

  private func value(_ metric: MetricDefinition, _ labels: String...) -> Double {
    labels.isEmpty ? registry.gauge(metric).value : registry.gauge(metric, labels[0]).value
  }

  private func account(
    position: FixedDecimal = .zero, covered: FixedDecimal = .zero, nakedFor seconds: Int? = nil, sweptBefore: Int = 1
  ) -> ProtectionState {
    let state: CoverageRecord.State = position.isZero ? .flat : covered < position ? .naked : .covered
    return ProtectionState(
      isPaused: false, isKnown: true, lastSweep: now + .seconds(-sweptBefore),
      coverage: [
        CoverageRecord(symbol: "BTCUSDT", state: state, position: position, covered: covered, dust: .zero, reasons: [])
      ],
      nakedSince: seconds.map { ["BTCUSDT": now + .seconds(-$0)] } ?? [:])
  }

  private func refresh(_ accounts: [ProtectionState]) {
    ProtectionGauges(registry: registry).refresh(accounts, at: now)
  }

  @Test func `a known account without a position has a coverage rate of 1`() {
    refresh([account()])
    #expect(value(MetricCatalog.coverageRate) == 1)
    #expect(value(MetricCatalog.coverageUnknown) == 0)
  }

  @Test(arguments: [false, true])
  func `a covered account does not hide a naked one, in whichever order`(reversed: Bool) {
    let two = [
      account(position: 3, covered: 3), account(position: 1, nakedFor: 7, sweptBefore: 20),
    ]
    refresh(reversed ? two.reversed() : two)
    #expect(value(MetricCatalog.coverageRate) == 0.5)
    #expect(value(MetricCatalog.nakedPositions) == 1)
    #expect(value(MetricCatalog.nakedLongest) == 7)
    #expect(value(MetricCatalog.sweepAge) == 20)
    #expect(value(MetricCatalog.positions, "covered") == 1)
    #expect(value(MetricCatalog.positions, "naked") == 1)
  }

  @Test func `one account that is not known makes coverage unknown`() {
    var doubtful = account()
    doubtful.isKnown = false
    refresh([account(), doubtful])
    #expect(value(MetricCatalog.coverageUnknown) == 1)
    refresh([])
    #expect(value(MetricCatalog.coverageUnknown) == 1)
  }

  @Test func `a paused account is counted, whatever the others do`() {
    var paused = account()
    paused.isPaused = true
    refresh([paused, account()])
    #expect(value(MetricCatalog.accountsPaused) == 1)
  }

  @Test func `the layers' shares are those of all placements so far`() {
    registry.counter(MetricCatalog.placements, "stream").add(3)
    registry.counter(MetricCatalog.placements, "sweep").add(1)
    refresh([account()])
    #expect(value(MetricCatalog.layerShare, "stream") == 0.75)
    #expect(value(MetricCatalog.layerShare, "sweep") == 0.25)
    #expect(value(MetricCatalog.layerShare, "direct") == 0)
  }
}
