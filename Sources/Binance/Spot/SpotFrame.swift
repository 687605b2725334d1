/// What a text message on the WebSocket API is: account events and replies to requests come interleaved on one socket
/// (binance.md §2.1).
public enum SpotFrame: Hashable, Sendable {
  /// An account event, for `SpotEventDecoder`.
  case event(subscriptionID: Int64?)
  case reply(SpotReply)
  /// The subscription ended although the socket lives (fault ST14).
  case streamTerminated(subscriptionID: Int64?)
  /// The server is about to stop, with no lead time promised (fault ST12).
  case serverShutdown
  /// Not understood; decides nothing.
  case unknown

  /// Classifies a message in one pass. For an account event the pass ends at its type: the decoder reads the rest
  /// anyway.
  public init(_ message: borrowing [UInt8]) {
    let frame = message.withUnsafeBufferPointer { buffer in
      var reader = JSONReader(UnsafeRawBufferPointer(buffer))
      do { return try Self.read(&reader) } catch { return SpotFrame.unknown }
    }
    self = frame
  }

  private static func read(_ reader: inout JSONReader) throws(MalformedMessage) -> SpotFrame {
    var subscriptionID: Int64?
    var special: SpecialEvent?
    var reply = SpotReply(id: .none, status: 0)
    var isReply = false
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "subscriptionId": subscriptionID = try reader.skipNull() ? nil : reader.integer()
      case "event":
        special = SpecialEvent(try SpotEventDecoder.eventType(ahead: reader))
        if special == nil { return .event(subscriptionID: subscriptionID) }
        try reader.skip()
      case "id": reply.id = try SpotReply.ID(&reader)
      case "status":
        reply.status = Int(clamping: try reader.integer())
        isReply = true
      case "result": reply.result = try reader.skip()
      case "error": reply.refusal = try reader.refusal()
      case "rateLimits": reply.usedWeight = try reader.usedWeight()
      default: try reader.skip()
      }
    }
    try reader.finish()
    switch special {
    case .streamTerminated: return .streamTerminated(subscriptionID: subscriptionID)
    case .serverShutdown: return .serverShutdown
    case nil: return isReply ? .reply(reply) : .unknown
    }
  }

  /// Events that concern the connection and not the account.
  private enum SpecialEvent {
    case streamTerminated, serverShutdown

    init?(_ type: JSONText) {
      switch type {
      case "eventStreamTerminated": self = .streamTerminated
      case "serverShutdown": self = .serverShutdown
      default: return nil
      }
    }
  }
}

/// A reply on the WebSocket API. Matched to its request by id and never by order (fault RS17).
public struct SpotReply: Hashable, Sendable {
  public enum ID: Hashable, Sendable {
    case number(Int64)
    case text(String)
    /// The server speaks of the session itself, or could not read the request.
    case none
  }

  public var id: ID
  /// Like an HTTP status.
  public var status: Int
  /// Where the result lies in the message.
  public var result: Range<Int>?
  public var refusal: SpotRefusal?
  /// Weight used in the current minute, when the venue says so.
  public var usedWeight: Int?

  public init(
    id: ID, status: Int, result: Range<Int>? = nil, refusal: SpotRefusal? = nil, usedWeight: Int? = nil
  ) {
    self.id = id
    self.status = status
    self.result = result
    self.refusal = refusal
    self.usedWeight = usedWeight
  }
}

extension SpotReply.ID {
  init(_ reader: inout JSONReader) throws(MalformedMessage) {
    if try reader.skipNull() {
      self = .none
    } else if reader.peek() == UInt8(ascii: "\"") {
      self = .text(try reader.text().string)
    } else {
      self = .number(try reader.integer())
    }
  }
}
