/// Deadlines of one connection's bytes.
public struct TransportTimings: Sendable, Equatable {
  /// From the start to the end of the TLS handshake, over all addresses. A venue answers in well under a second.
  public var connect: Duration
  /// For TCP to one address while others are left, so that a dead first address leaves time for the second.
  public var perAddress: Duration
  /// Without a byte from the peer. Venues ping every 20 s (binance.md §2.1); nil for none.
  public var idle: Duration?
  /// TCP_USER_TIMEOUT: how long sent data may stay unacknowledged (fault ST04; within the 10 s in which a stall shows).
  public var unacknowledged: Duration

  public init(
    connect: Duration = .seconds(8), perAddress: Duration = .seconds(3), idle: Duration? = .seconds(60),
    unacknowledged: Duration = .seconds(8)
  ) {
    self.connect = connect
    self.perAddress = perAddress
    self.idle = idle
    self.unacknowledged = unacknowledged
  }
}
