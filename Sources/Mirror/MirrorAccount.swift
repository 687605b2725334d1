public import Trading

/// An account as the database must know it. A mismatch is refused before anything is written (fault CF03).
public struct MirrorAccount: Hashable, Sendable {
  public var account: AccountID
  public var environment: VenueEnvironment
  /// The venue and market, e.g. `binance-spot`.
  public var venue: String
  /// What proves that this is the same account at the venue: its number there, or a digest of the API key. Never the
  /// key.
  public var fingerprint: String

  public init(account: AccountID, environment: VenueEnvironment, venue: String, fingerprint: String) {
    self.account = account
    self.environment = environment
    self.venue = venue
    self.fingerprint = fingerprint
  }
}
