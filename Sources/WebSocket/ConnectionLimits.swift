/// What one connection may cost. A server's declared length is held against these before a byte of payload is kept.
public struct ConnectionLimits: Equatable, Sendable {
  /// Largest payload of one data frame, in bytes.
  public var maximumFrameBytes: Int
  /// Largest message over all its frames, in bytes.
  public var maximumMessageBytes: Int
  /// Most frames in one message.
  public var maximumFragmentsPerMessage: Int
  /// Largest response head of the opening handshake, interim responses included, in bytes.
  public var maximumHeadBytes: Int
  /// Most header fields in that head.
  public var maximumHeaderFields: Int
  /// How much of a refusal's body is kept, in bytes; the rest is dropped and the refusal delivered.
  public var maximumRefusalBodyBytes: Int
  /// Most bytes that may wait in the output. Beyond it sends are refused and pings stay unanswered, so that a peer
  /// which stops reading cannot make us grow.
  public var maximumPendingOutputBytes: Int

  public init(
    maximumFrameBytes: Int = 1 << 20, maximumMessageBytes: Int = 4 << 20, maximumFragmentsPerMessage: Int = 1 << 17,
    maximumHeadBytes: Int = 16 << 10, maximumHeaderFields: Int = 100, maximumRefusalBodyBytes: Int = 16 << 10,
    maximumPendingOutputBytes: Int = 1 << 20
  ) {
    self.maximumFrameBytes = maximumFrameBytes
    self.maximumMessageBytes = maximumMessageBytes
    self.maximumFragmentsPerMessage = maximumFragmentsPerMessage
    self.maximumHeadBytes = maximumHeadBytes
    self.maximumHeaderFields = maximumHeaderFields
    self.maximumRefusalBodyBytes = maximumRefusalBodyBytes
    self.maximumPendingOutputBytes = maximumPendingOutputBytes
  }

  /// For a venue (fault ST17). A user-data event is about 1 kB and the largest answer, 1000 open orders, about 600 kB:
  /// 1 MiB for a frame and 4 MiB for a message leave room and still bound a bomb. 131,072 fragments are twice what
  /// 4 MiB in pieces of 64 bytes needs.
  public static let production = ConnectionLimits()
}
