public import Venue

/// Turns one user-data message of Spot into a venue-neutral event (binance.md §3.1).
///
/// Unknown fields are passed over, unknown words are kept, unknown event types become `.unknown`; only what cannot be
/// read at all is refused, and then the caller keeps the bytes (faults ST20, ST21).
public struct SpotEventDecoder: Sendable {
  public var timeUnit: VenueTimeUnit

  public init(timeUnit: VenueTimeUnit = .milliseconds) { self.timeUnit = timeUnit }

  /// Reads `{"subscriptionId":n,"event":{…}}`, or the bare event.
  public func decode(_ message: borrowing [UInt8]) throws(MalformedMessage) -> VenueEvent {
    try message.withUnsafeBufferPointer { (buffer) throws(MalformedMessage) in
      var reader = JSONReader(UnsafeRawBufferPointer(buffer))
      return try decode(&reader)
    }
  }

  private func decode(_ reader: inout JSONReader) throws(MalformedMessage) -> VenueEvent {
    let start = reader
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "event":
        // Returned from where it is made: an event is some 700 bytes, and each copy of it shows in the decode rate.
        let event = try decodeEvent(&reader)
        while let key = try reader.nextKey() {
          if case "event" = key { throw reader.defect(.duplicateKey) }
          try reader.skip()
        }
        try reader.finish()
        return event
      case "e":
        reader = start
        let event = try decodeEvent(&reader)
        try reader.finish()
        return event
      default: try reader.skip()
      }
    }
    throw reader.defect(.missingField("event"))
  }

  private func decodeEvent(_ reader: inout JSONReader) throws(MalformedMessage) -> VenueEvent {
    let type = try Self.eventType(ahead: reader)
    switch type {
    case "executionReport": return .order(try executionReport(&reader))
    case "outboundAccountPosition": return try accountPosition(&reader)
    case "listStatus": return .orderList(try listStatus(&reader))
    case "balanceUpdate":
      let (asset, change, time) = try assetChange(&reader)
      return .balanceChange(asset, by: change, at: time)
    case "externalLockUpdate":
      let (asset, change, time) = try assetChange(&reader)
      return .externalLock(asset, by: change, at: time)
    default:
      try reader.skip()
      return .unknown(type: type.string)
    }
  }

  /// The event's type, read ahead: the same letters mean different things in different events. The venue writes it
  /// first.
  static func eventType(ahead reader: JSONReader) throws(MalformedMessage) -> JSONText {
    var ahead = reader
    try ahead.beginObject()
    while let key = try ahead.nextKey() {
      if case "e" = key { return try ahead.text() }
      try ahead.skip()
    }
    throw ahead.defect(.missingField("e"))
  }
}
