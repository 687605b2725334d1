import EventLoop
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
public import PaperVenue
import Signing
public import Trading

/// The paper venue on the wire: signed REST, the WebSocket API with user data, and market streams, on one TLS listener
/// and on one plain loopback listener (which also has the admin endpoints). One thread serves it all.
public final class VenueServer: Sendable {
  /// TLS listener: `https://` and `wss://`, for clients that trust `caFile`.
  public let tls: ServerAddress
  /// Plain listener on loopback: `http://`, `ws://` and `/admin/`.
  public let plain: ServerAddress
  public let credentials: [PaperCredential]
  public let adminToken: String
  public let caFile: String
  public let keysFile: String

  private let group: MultiThreadedEventLoopGroup
  private let core: NIOLoopBound<VenueCore>
  private let listeners: [any Channel]

  private init(
    tls: ServerAddress, plain: ServerAddress, credentials: [PaperCredential], adminToken: String, caFile: String,
    keysFile: String, group: MultiThreadedEventLoopGroup, core: NIOLoopBound<VenueCore>, listeners: [any Channel]
  ) {
    self.tls = tls
    self.plain = plain
    self.credentials = credentials
    self.adminToken = adminToken
    self.caFile = caFile
    self.keysFile = keysFile
    self.group = group
    self.core = core
    self.listeners = listeners
  }

  /// Makes certificates and keys, binds both listeners, and writes `ca.pem` and `keys.json` into the configuration's
  /// folder.
  /// - Throws: `PaperServerError`, `SigningError`, or NIO's own error when an address is taken.
  public static func start(_ configuration: PaperServerConfiguration) async throws -> VenueServer {
    guard configuration.host == "127.0.0.1" || configuration.host == "::1" || configuration.host == "localhost" else {
      throw PaperServerError.notLoopback(host: configuration.host)
    }
    var entropy = Entropy.system
    let credentials = try configuration.keys.map { try PaperCredential.make($0, &entropy) }
    let adminToken = PaperCredential.token(&entropy)
    let files = try CertificateFiles.write(
      into: configuration.directory,
      validity: .days(configuration.certificateDays, around: VenueClock.system.now.milliseconds / 1000))
    let context = try tlsContext(files)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let core = try await makeCore(configuration, credentials, adminToken, on: group.next())
      let tls = try await bind(configuration.host, configuration.tlsPort, group, core, tls: context)
      let plain = try await bind(configuration.host, configuration.plainPort, group, core, tls: nil)
      let keysFile = configuration.directory + "/keys.json"
      let addresses = (try address(of: tls, configuration.host), try address(of: plain, configuration.host))
      try PrivateFile.write(
        PaperCredential.keysFile(credentials, adminToken: adminToken, tls: addresses.0, plain: addresses.1),
        to: keysFile)
      return VenueServer(
        tls: addresses.0, plain: addresses.1, credentials: credentials, adminToken: adminToken, caFile: files.caFile,
        keysFile: keysFile, group: group, core: core, listeners: [tls, plain])
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
  }

  private static func makeCore(
    _ configuration: PaperServerConfiguration, _ credentials: [PaperCredential], _ adminToken: String,
    on loop: any NIOCore.EventLoop
  ) async throws -> NIOLoopBound<VenueCore> {
    try await loop.submit {
      let world = PaperWorld(
        exchange: configuration.exchange, faults: configuration.faults, meter: configuration.meter)
      let core = VenueCore(loop: loop, world: world, configuration: configuration, adminToken: adminToken)
      for credential in credentials {
        core.keys.add(
          KeyRing.Entry(apiKey: credential.apiKey, account: credential.account, key: credential.verification))
      }
      core.flush()
      return NIOLoopBound(core, eventLoop: loop)
    }.get()
  }

  private static func tlsContext(_ files: CertificateFiles) throws -> NIOSSLContext {
    let certificates = try NIOSSLCertificate.fromPEMFile(files.certificateFile)
    let key = try NIOSSLPrivateKey(file: files.keyFile, format: .pem)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    return try NIOSSLContext(configuration: configuration)
  }

  private static func bind(
    _ host: String, _ port: Int, _ group: MultiThreadedEventLoopGroup, _ core: NIOLoopBound<VenueCore>,
    tls: NIOSSLContext?
  ) async throws -> any Channel {
    try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
          try HTTPHandler.install(core.value, isLoopback: tls == nil, in: pipeline)
        }
      }
      .bind(host: host, port: port).get()
  }

  private static func address(of channel: any Channel, _ host: String) throws -> ServerAddress {
    guard let port = channel.localAddress?.port else { throw PaperServerError.noAddress }
    return ServerAddress(host: host, port: port)
  }

  // MARK: In-process use

  /// Runs `body` on the venue's thread with the world and the present time; what follows from it is delivered before
  /// this returns.
  public func withWorld<Value: Sendable>(
    _ body: @escaping @Sendable (inout PaperWorld, Timestamp) throws -> Value
  ) async throws -> Value {
    try await group.next().submit { try self.core.value.change(body) }.get()
  }

  /// The exchange as it is now.
  public func exchange() async throws -> PaperExchange { try await withWorld { world, _ in world.exchange } }

  /// Sets a last price.
  public func setPrice(_ price: FixedDecimal, of symbol: Symbol) async throws {
    try await withWorld { world, now in world.setPrice(price, of: symbol, at: now) }
  }

  /// Fills an order by hand, `quantity` base units of it or all that is left.
  @discardableResult
  public func fill(
    _ account: AccountID, _ symbol: Symbol, clientOrderID: ClientOrderID, quantity: FixedDecimal? = nil
  ) async throws -> PaperOrder {
    try await withWorld { world, now in
      guard let state = world.exchange.account(account) else { throw PaperError.badKey }
      let key = try state.order(OrderLookup(symbol, clientOrderID: clientOrderID), at: now).key
      return try world.change(at: now) { exchange in
        let outcome = exchange.fill(account, key, quantity: quantity, at: now)
        return (outcome.result, outcome.events)
      }.get()
    }
  }

  /// Lets prices run by themselves. No sources stops them.
  public func run(_ sources: [(symbol: Symbol, source: any PriceSource)], every interval: Duration) async throws {
    try await group.next().submit {
      self.core.value.run(sources, every: .nanoseconds(interval.wholeNanoseconds))
    }.get()
  }

  /// Sends `serverShutdown` to every user socket (fault ST12).
  public func announceShutdown() async throws {
    try await group.next().submit { self.core.value.announceShutdown() }.get()
  }

  /// Withdraws an API key (binance.md §1.2: the next request is refused with -2015).
  public func revoke(apiKey: String) async throws {
    try await group.next().submit { self.core.value.keys.revoke(apiKey) }.get()
  }

  /// Closes the listeners and every connection, and ends the thread.
  public func stop() async throws {
    for listener in listeners { try? await listener.close().get() }
    try? await group.next().submit { self.core.value.stop() }.get()
    try await group.shutdownGracefully()
  }
}
