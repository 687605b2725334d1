public import WebSocket

/// Where a private stream leads, and every limit it keeps.
public struct StreamConfiguration: Sendable {
  public var request: OpeningRequest
  /// Needed for `wss`; `ws` is for this machine only.
  public var tls: TLSContext?
  public var limits: ConnectionLimits
  public var timings: StreamTimings
  public var sessionTimings: WebSocketSession.Timings
  public var transportTimings: TransportTimings

  public init(
    request: OpeningRequest, tls: TLSContext?, limits: ConnectionLimits = .production,
    timings: StreamTimings = StreamTimings(), sessionTimings: WebSocketSession.Timings = .init(),
    transportTimings: TransportTimings = TransportTimings()
  ) {
    self.request = request
    self.tls = tls
    self.limits = limits
    self.timings = timings
    self.sessionTimings = sessionTimings
    self.transportTimings = transportTimings
  }
}
