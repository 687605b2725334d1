import EventLoop
import Mirror
import RESTClient
import Reconciler
import Telemetry
import Trading

extension GuardianRuntime {
  /// How every part is now.
  public func health() async -> [ComponentHealth] {
    var open = 0
    var known = 0
    var measured = 0
    for account in accounts {
      let reading = await account.health
      open += reading.isStreamOpen ? 1 : 0
      known += reading.isKnown ? 1 : 0
      measured += reading.isClockMeasured ? 1 : 0
    }
    let count = accounts.count
    return [
      open == count
        ? ComponentHealth(.stream, .healthy)
        : ComponentHealth(
          .stream, .degraded, code: "reconnecting",
          detail: "\(open) of \(count) private streams deliver; sweeps stand in"),
      restHealth,
      mirrorHealth,
      known == count
        ? ComponentHealth(.reconciler, .healthy)
        : ComponentHealth(
          .reconciler, .down, code: "unknown", detail: "\(known) of \(count) accounts are known completely"),
      measured == count
        ? ComponentHealth(.clock, .healthy)
        : ComponentHealth(.clock, .degraded, code: "not_measured", detail: "the venue's clock is not known yet"),
    ]
  }

  private var restHealth: ComponentHealth {
    let now = Instant(nanoseconds: loop.clock.nowNanoseconds)
    guard let until = venue.rest.budgetNow.latchedUntil(at: now) else { return ComponentHealth(.rest, .healthy) }
    let seconds = (until - now).wholeMilliseconds / 1000
    return ComponentHealth(
      .rest, .degraded, code: "silenced", detail: "the venue asked for silence; \(seconds) s of it are left")
  }

  private var mirrorHealth: ComponentHealth {
    guard let status = mirror.writer?.status else { return ComponentHealth(.mirror, .degraded, code: "off") }
    switch status.state {
    case .connected:
      return status.needsResync
        ? ComponentHealth(
          .mirror, .degraded, code: "facts_lost", detail: "\(status.factsLost) facts were lost; sweeps bring them back")
        : ComponentHealth(.mirror, .healthy)
    case .starting: return ComponentHealth(.mirror, .degraded, code: "starting")
    case .stopped: return ComponentHealth(.mirror, .degraded, code: "stopped")
    case .disconnected(let error):
      return ComponentHealth(
        .mirror, .degraded, code: "disconnected", detail: "\(status.waitingFacts) facts wait: \(error)")
    case .refused(let error): return ComponentHealth(.mirror, .degraded, code: "refused", detail: "\(error)")
    }
  }

  /// Ages and depths change without anything happening; they are brought up to date this often.
  static let gaugeIntervalNanoseconds: Int64 = 1_000_000_000

  /// Loop only.
  func keepRefreshingGauges() {
    mirror.refreshGauges()
    for account in accounts { account.assumeIsolated { $0.refreshGauges() } }
    let due = loop.clock.nowNanoseconds + Self.gaugeIntervalNanoseconds
    let delay = registry.histogram(MetricCatalog.loopDelay)
    loop.schedule(atNanoseconds: due) { [weak self, loop] in
      delay.observe(Duration.nanoseconds(loop.clock.nowNanoseconds - due))
      self?.keepRefreshingGauges()
    }
  }
}

extension GuardianAccount {
  struct Health {
    var isStreamOpen: Bool
    var isKnown: Bool
    var isClockMeasured: Bool
  }

  var health: Health {
    Health(isStreamOpen: streamEpoch != nil, isKnown: core.status.isKnown, isClockMeasured: venueClock.isMeasured)
  }

  func refreshGauges() {
    gauges.refresh(core.status, at: venueClock.localNow)
  }
}
