public import Trading

/// Names a request so that its reply can be told apart.
public struct RequestTag: Hashable, Sendable {
  public let number: UInt64
  public init(_ number: UInt64) { self.number = number }
}

/// Names a socket of the paper world.
public struct ConnectionID: Hashable, Comparable, Sendable {
  public let number: UInt64
  public init(_ number: UInt64) { self.number = number }
  public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}

/// Something that reaches the outside at a moment.
public struct PaperDelivery: Sendable {
  public enum Content: Sendable {
    case reply(RequestTag, Result<PaperReply, PaperError>, ConnectionID?)
    /// Nobody will answer. `closes`: the connection is cut instead of left hanging.
    case lost(RequestTag, ConnectionID?, closes: Bool)
    case event(ConnectionID, subscription: Int, PaperEvent)
    case closed(ConnectionID)
  }

  public var time: Timestamp
  public var content: Content
}
