import Binance
import Logging
import Trading
import Venue

/// The ways that an account's shell has to the world. Values, so that a test can put another world behind it.
struct AccountPorts: Sendable {
  /// Puts a frame on the open private stream; `false` when nothing was written. Loop only.
  var send: @Sendable (StreamFrame) -> Bool
  /// Tells the stream that something which it should have shown did not come (fault ST03).
  var doubt: @Sendable (String) -> Void
  /// Performs a REST request; the completion comes on any thread, exactly once.
  var perform: @Sendable (HTTPRequest, @escaping @Sendable (HTTPResult) -> Void) -> Void
  /// What a reply on the stream said about the request budget that both ways share.
  var noteLimits: @Sendable (SpotReply) -> Void
  /// The venue's own limits, read with its instruments.
  var setLimits: @Sendable ([SpotRateLimit]) -> Void
  /// Hands facts to the mirror; never blocks. All facts of one call belong to one transaction.
  var record: @Sendable ([Fact]) -> Void
  var log: Logger
}
