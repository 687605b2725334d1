import Binance
public import Settings
import EventLoop
import Logging
import Reconciler
import StreamClient
public import Telemetry
public import Trading
import Venue

/// Everything that one process runs: the loop, the ways to the venue, the mirror, and one shell per account. Wires,
/// decides nothing.
public final class GuardianRuntime: Sendable {
  public struct Options: Sendable {
    /// Never send anything, whatever the configuration says: for `plan`.
    public var isDryRun = false
    /// Open the private streams. Without them only snapshots tell what happens: for `plan` and `sweep`.
    public var opensStreams = true
    /// Give up when the venue has not answered for this long at the start; `nil`: keep trying.
    public var venuePatience: Duration?

    public init(isDryRun: Bool = false, opensStreams: Bool = true, venuePatience: Duration? = nil) {
      self.isDryRun = isDryRun
      self.opensStreams = opensStreams
      self.venuePatience = venuePatience
    }
  }

  public let configuration: BackstopConfiguration
  public let registry: MetricsRegistry
  public let accounts: [GuardianAccount]
  let loop: LoopThread
  let venue: VenueAccess
  private let streams: [PrivateStream]
  let mirror: MirrorLink
  let log: Logger
  /// What ends now is not worth a line for each part.
  let isStopping = Locked(false)

  init(
    configuration: BackstopConfiguration, registry: MetricsRegistry, accounts: [GuardianAccount], loop: LoopThread,
    venue: VenueAccess, streams: [PrivateStream], mirror: MirrorLink, log: Logger
  ) {
    self.configuration = configuration
    self.registry = registry
    self.accounts = accounts
    self.loop = loop
    self.venue = venue
    self.streams = streams
    self.mirror = mirror
    self.log = log
  }

  public func account(_ name: AccountID) -> GuardianAccount? { accounts.first { $0.account == name } }

  /// In-flight commands are given this long at the end (fault PR11).
  public static let drainPatience: Duration = .seconds(3)
  /// And the mirror this long to write what it holds.
  public static let flushPatience: Duration = .seconds(2)

  /// Stops in order: no new work, what is under way is awaited, the mirror is written out. Legs stay where they are:
  /// cancelling them on shutdown would strip the protection that they are.
  public func stop() async {
    isStopping.withLock { $0 = true }
    for account in accounts { await account.drain(within: Self.drainPatience) }
    for stream in streams { stream.stop() }
    await mirror.stop(within: Self.flushPatience)
    venue.stop()
    loop.stop()
    await OffLoop.run { self.loop.join() }
    log.info("guardian stopped", metadata: ["accounts": "\(accounts.count)"])
  }
}
