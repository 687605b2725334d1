public import PaperVenue
public import Trading

/// What a paper server is made of.
public struct PaperServerConfiguration: Sendable {
  /// An API key of an account.
  public struct Key: Sendable {
    public enum Kind: Sendable {
      case hmacSHA256, ed25519, rsa
    }

    public var account: AccountID
    public var kind: Kind
    /// Name in `keys.json`.
    public var label: String

    public init(account: AccountID, kind: Kind, label: String) {
      self.account = account
      self.kind = kind
      self.label = label
    }
  }

  /// An existing folder that gets `ca.pem`, the server's certificate and key, and `keys.json`.
  public var directory: String
  /// Listens here on both listeners.
  public var host = "127.0.0.1"
  /// Zero picks a free port.
  public var tlsPort = 0
  /// Zero picks a free port. Plain `http://` and `ws://`, with the admin endpoints; loopback only.
  public var plainPort = 0
  /// The state to start from.
  public var exchange: PaperExchange
  public var faults = FaultPlan()
  /// `nil` lifts the rate limits.
  public var meter: RequestMeter? = RequestMeter()
  public var keys: [Key]
  /// Server ping interval; the venue's is 20 s.
  public var pingInterval = Duration.seconds(20)
  /// A pong later than this ends the connection; the venue's is 60 s.
  public var pongDeadline = Duration.seconds(60)
  /// A WebSocket older than this is closed; the venue's live a day.
  public var connectionLife = Duration.seconds(86_400)
  /// The venue refuses `session.logon` with an HMAC key; some clients try it all the same.
  public var allowsHMACLogon = false
  /// Days that the certificates are valid.
  public var certificateDays: Int64 = 30
  public var clock = VenueClock.system

  public init(directory: String, exchange: PaperExchange, keys: [Key]) {
    self.directory = directory
    self.exchange = exchange
    self.keys = keys
  }

  /// The demo's world: BTCUSDT, ETHUSDT and BNBUSDT, account `main` with 100,000 USDT and 10 BNB, account `other` with
  /// 50,000 USDT, and for each an HMAC and an Ed25519 key.
  public static func demo(directory: String, clock: VenueClock = .system) -> PaperServerConfiguration {
    var exchange = PaperExchange()
    exchange.list(.bitcoin, price: "60000")
    exchange.list(.ether, price: "3000")
    exchange.list(.binanceCoin, price: "600")
    let accounts: [(AccountID, FixedDecimal)] = [("main", "100000"), ("other", "50000")]
    for (account, quote) in accounts {
      exchange.openAccount(account)
      _ = exchange.adjust(account, "USDT", by: quote, at: clock.now)
    }
    _ = exchange.adjust("main", "BNB", by: "10", at: clock.now)
    var configuration = PaperServerConfiguration(
      directory: directory, exchange: exchange,
      keys: accounts.flatMap { account, _ in
        [
          Key(account: account, kind: .hmacSHA256, label: "\(account)-hmac"),
          Key(account: account, kind: .ed25519, label: "\(account)-ed25519"),
        ]
      })
    configuration.clock = clock
    return configuration
  }
}
