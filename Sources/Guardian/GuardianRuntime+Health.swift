import EventLoop
import Logging
import Mirror
import RESTClient
import Reconciler
import Telemetry
import Trading

extension GuardianRuntime {
  /// How every part is now.
  public func health() async -> [ComponentHealth] {
    var readings: [GuardianAccount.Health] = []
    for account in accounts { readings.append(await account.health) }
    return health(of: readings)
  }

  private func health(of readings: [GuardianAccount.Health]) -> [ComponentHealth] {
    let open = readings.count(where: \.isStreamOpen)
    let known = readings.count(where: \.isKnown)
    let measured = readings.count(where: \.isClockMeasured)
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
    case .connected: return connectedHealth(status)
    case .starting: return ComponentHealth(.mirror, .degraded, code: "starting")
    case .stopped: return ComponentHealth(.mirror, .degraded, code: "stopped")
    case .disconnected(let error):
      return ComponentHealth(
        .mirror, .degraded, code: "disconnected", detail: "\(status.waitingFacts) facts wait: \(error)")
    case .refused(let error): return ComponentHealth(.mirror, .degraded, code: "refused", detail: "\(error)")
    }
  }

  private func connectedHealth(_ status: MirrorStatus) -> ComponentHealth {
    if status.needsResync {
      return ComponentHealth(
        .mirror, .degraded, code: "facts_lost",
        detail: "the database misses facts that were recorded; a restart reads them back from the venue")
    }
    let lag = status.lagMicroseconds(nowMicroseconds: WallClock.system.nowMicroseconds)
    guard lag > Self.lagMicrosecondsMax else { return ComponentHealth(.mirror, .healthy) }
    return ComponentHealth(
      .mirror, .degraded, code: "behind", detail: "rows are \(lag / 1_000_000) s old; \(status.waitingFacts) facts wait"
    )
  }

  /// Rows that are older than this are no picture of now: what people read in SQL is then marked as late.
  private static let lagMicrosecondsMax: Int64 = 5_000_000

  /// Ages and depths change without anything happening; they are brought up to date this often.
  static let gaugeIntervalNanoseconds: Int64 = 1_000_000_000

  /// A start needs a stream and a reading; what is not there after this is worth a line.
  static let startGraceNanoseconds: Int64 = 5_000_000_000

  /// Loop only. Brings the gauges up to date, and tells the log of every component that changed,
  /// from the given moment on.
  func keepWatching(tellingFrom start: Int64, since last: [ComponentHealth] = []) {
    guard !isStopping.withLock({ $0 }) else { return }
    mirror.refreshGauges()
    mirror.readUnread { [accounts, loop] name, state in
      guard let account = accounts.first(where: { $0.account == name }) else { return }
      loop.enqueue { account.assumeIsolated { $0.feed(.restored(state)) } }
    }
    let protections = accounts.map { account in account.assumeIsolated { $0.protection } }
    ProtectionGauges(registry: registry).refresh(protections, at: Instant(nanoseconds: loop.clock.nowNanoseconds))
    let present = health(of: accounts.map { account in account.assumeIsolated { $0.health } })
    let tells = loop.clock.nowNanoseconds >= start
    if tells {
      for component in present { component.tell(log, after: last.first { $0.component == component.component }) }
    }
    let due = loop.clock.nowNanoseconds + Self.gaugeIntervalNanoseconds
    let delay = registry.histogram(MetricCatalog.loopDelay)
    loop.schedule(atNanoseconds: due) { [weak self, loop] in
      delay.observe(Duration.nanoseconds(loop.clock.nowNanoseconds - due))
      self?.keepWatching(tellingFrom: start, since: tells ? present : last)
    }
  }
}

extension ComponentHealth {
  /// One line when this part became worse, better or bad in another way; nothing while it stays as it is.
  fileprivate func tell(_ log: Logger, after last: ComponentHealth?) {
    guard level != (last?.level ?? .healthy) || code != (last?.code ?? "") else { return }
    let metadata: Logger.Metadata = ["component": "\(component.rawValue)", "reason": "\(code)", "detail": "\(detail)"]
    switch level {
    case .healthy: log.notice("component is healthy again", metadata: ["component": "\(component.rawValue)"])
    case .degraded: log.warning("component is degraded", metadata: metadata)
    case .down: log.error("component is down", metadata: metadata)
    }
  }
}

extension GuardianAccount {
  struct Health: Sendable {
    var isStreamOpen: Bool
    var isKnown: Bool
    var isClockMeasured: Bool
  }

  var health: Health {
    Health(isStreamOpen: streamEpoch != nil, isKnown: core.isKnown, isClockMeasured: venueClock.isMeasured)
  }
}
