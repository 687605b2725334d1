public import Trading
public import Venue

/// One guarded account.
public struct AccountConfiguration: Hashable, Sendable {
  public var name: AccountID
  public var key: KeyConfiguration
  public var isArmed: Bool
  /// Absolute. 128 random bits, made at the first start; losing it means that legs of ours are not recognised any more.
  public var tagKeyFile: String
  public var brackets: BracketPolicy
  public var adoptWindow: Duration
  public var allowsExit: Bool
  public var risk: RiskLimits
  public var timing: ProtectionTiming

  public init(
    name: AccountID, key: KeyConfiguration, isArmed: Bool, tagKeyFile: String,
    brackets: BracketPolicy = BracketPolicy(),
    adoptWindow: Duration = .seconds(86_400), allowsExit: Bool = true, risk: RiskLimits = RiskLimits(),
    timing: ProtectionTiming = ProtectionTiming()
  ) {
    self.name = name
    self.key = key
    self.isArmed = isArmed
    self.tagKeyFile = tagKeyFile
    self.brackets = brackets
    self.adoptWindow = adoptWindow
    self.allowsExit = allowsExit
    self.risk = risk
    self.timing = timing
  }

  /// What the core is told; the tag key comes from its file.
  public func policy(environment: VenueEnvironment, tagKey: TagKey) -> ProtectionPolicy {
    ProtectionPolicy(
      account: name, environment: environment, brackets: brackets, tagKey: tagKey, isArmed: isArmed,
      adoptWindow: adoptWindow, allowsExit: allowsExit, risk: risk, timing: timing)
  }
}

/// Where to find an API key. The file never holds the key itself (fault SE01).
public struct KeyConfiguration: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case hmac, ed25519, rsa
  }

  public enum Place: Hashable, Sendable {
    /// The name of an environment variable.
    case environment(String)
    /// Absolute path of a file that only its owner may read.
    case file(String)
  }

  public var kind: Kind
  public var apiKey: Place
  /// For `hmac` the secret text, for the others a private key in PEM.
  public var secret: Place
  /// Go on although the key may withdraw (fault SE10).
  public var allowsWithdrawal: Bool

  public init(kind: Kind, apiKey: Place, secret: Place, allowsWithdrawal: Bool = false) {
    self.kind = kind
    self.apiKey = apiKey
    self.secret = secret
    self.allowsWithdrawal = allowsWithdrawal
  }
}
