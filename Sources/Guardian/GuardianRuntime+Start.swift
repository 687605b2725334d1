import Binance
public import Settings
import EventLoop
public import Logging
import Reconciler
import StreamClient
public import Telemetry
import Trading
import Venue

extension GuardianRuntime {
  /// Starts guarding, in the order in which nothing can be done by mistake: addresses, keys, mirror, core, stream,
  /// snapshot.
  ///
  /// - Throws: `StartRefusal`; nothing was sent to the venue but reads.
  public static func start(
    _ configuration: BackstopConfiguration, options: Options = Options(), registry: MetricsRegistry, log: Logger
  ) async throws(StartRefusal) -> GuardianRuntime {
    let venue = try VenueAccess(configuration, registry: registry)
    do throws(StartRefusal) {
      var prepared: [PreparedAccount] = []
      for account in configuration.accounts {
        prepared.append(try await prepare(account, configuration, options, venue, log))
      }
      if let first = prepared.first {
        try await SymbolCheck(configuration: configuration, requests: first.requests, venue: venue).run()
      }
      let mirror = try await MirrorLink.start(
        configuration, accounts: prepared.map { .init(name: $0.configuration.name, fingerprint: $0.fingerprint) },
        isReadOnly: options.isDryRun, registry: registry, log: log)
      return try await assemble(configuration, options, prepared, venue, mirror, registry, log)
    } catch {
      venue.stop()
      throw error
    }
  }

  /// An account whose key was proven.
  private struct PreparedAccount {
    var configuration: AccountConfiguration
    var requests: SpotRequests
    var clock: VenueClock
    var fingerprint: String
    var policy: ProtectionPolicy
  }

  private static func prepare(
    _ account: AccountConfiguration, _ configuration: BackstopConfiguration, _ options: Options, _ venue: VenueAccess,
    _ log: Logger
  ) async throws(StartRefusal) -> PreparedAccount {
    var warnings: [String] = []
    let requests = SpotRequests(credential: try AccountSecrets.credential(account, &warnings))
    for warning in warnings {
      log.warning("key file", metadata: ["account": "\(account.name)", "detail": "\(warning)"])
    }
    var check = KeyCheck(
      account: account, environment: configuration.environment, requests: requests, venue: venue, log: log,
      clock: VenueClock(wall: .system, monotonic: .system))
    let proof = try await check.run(patience: options.venuePatience)
    var policy = account.policy(
      environment: configuration.environment, tagKey: try AccountSecrets.tagKey(account.tagKeyFile))
    if options.isDryRun { policy.isArmed = false }
    return PreparedAccount(
      configuration: account, requests: requests, clock: proof.clock, fingerprint: proof.fingerprint, policy: policy)
  }

  private static func assemble(
    _ configuration: BackstopConfiguration, _ options: Options, _ prepared: [PreparedAccount], _ venue: VenueAccess,
    _ mirror: MirrorLink, _ registry: MetricsRegistry, _ log: Logger
  ) async throws(StartRefusal) -> GuardianRuntime {
    let loop: LoopThread
    do throws(EventLoopError) {
      loop = try LoopThread(name: "guardian")
      try loop.start()
    } catch { throw StartRefusal(.system, "\(error)", "") }
    var accounts: [GuardianAccount] = []
    var streams: [PrivateStream] = []
    for item in prepared {
      let slot = StreamSlot()
      let account = GuardianAccount(
        account: item.configuration.name, core: AccountCore(policy: item.policy), loop: loop, requests: item.requests,
        clock: item.clock, ports: ports(item.configuration.name, venue, mirror, slot, log),
        gauges: AccountGauges(registry))
      if options.opensStreams {
        streams.append(
          try stream(of: account, credential: item.requests.credential, slot: slot, loop: loop, venue: venue))
      }
      accounts.append(account)
    }
    let runtime = GuardianRuntime(
      configuration: configuration, registry: registry, accounts: accounts, loop: loop, venue: venue, streams: streams,
      mirror: mirror, log: log)
    for account in accounts { await account.begin(restored: mirror.restored(account.account)) }
    try mirror.deliverBrackets(of: accounts.map(\.account)) { [accounts] name, registration in
      guard let account = accounts.first(where: { $0.account == name }) else { return }
      loop.enqueue { account.assumeIsolated { $0.register(registration) } }
    }
    for stream in streams { stream.start() }
    let tellingFrom = loop.clock.nowNanoseconds + GuardianRuntime.startGraceNanoseconds
    loop.enqueue { runtime.keepWatching(tellingFrom: tellingFrom) }
    return runtime
  }

  private static func ports(
    _ name: AccountID, _ venue: VenueAccess, _ mirror: MirrorLink, _ slot: StreamSlot, _ log: Logger
  ) -> AccountPorts {
    AccountPorts(
      send: { slot.stream?.send($0.text) != nil },
      doubt: { slot.stream?.doubt($0) },
      perform: { venue.perform($0, $1) },
      noteLimits: { venue.note($0) },
      setLimits: { venue.note($0) },
      record: { mirror.record($0, of: name) },
      log: log)
  }

  private static func stream(
    of account: GuardianAccount, credential: RequestCredential, slot: StreamSlot, loop: LoopThread, venue: VenueAccess
  ) throws(StartRefusal) -> PrivateStream {
    let stream = PrivateStream(
      loop: loop, resolver: venue.resolver, configuration: try venue.streamConfiguration(),
      budget: venue.connectionBudget,
      makeDialect: { SpotStreamDialect(credential: credential) },
      venueTime: { [weak account] in
        account?.assumeIsolated { $0.venueClock.now } ?? Timestamp(microseconds: WallClock.system.nowMicroseconds)
      },
      onMessage: { [weak account] message in account?.assumeIsolated { $0.receive(message) } },
      onReport: { [weak account] report in account?.assumeIsolated { $0.receive(report) } })
    slot.stream = stream
    return stream
  }
}

/// Where an account's shell finds its stream: the shell is made first, because the stream speaks to it.
final class StreamSlot: @unchecked Sendable {
  // Unchecked because it is written once, before the stream starts, and read on the loop afterwards.
  var stream: PrivateStream?
}
