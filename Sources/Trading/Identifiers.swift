// Distinct types for every identifier, so that a client order id can never stand where a venue order id belongs.

/// A venue's text name of something. Opaque, validated UTF-8: symbols may be non-ASCII (fault ST18).
public protocol TextIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  var text: String { get }
  init(_ text: String)
}

extension TextIdentifier {
  public init(stringLiteral value: String) { self.init(value) }
  public var description: String { text }
  public static func < (a: Self, b: Self) -> Bool { a.text < b.text }
}

/// A name that is looked up many times for each time that it is read: it is hashed once, when it is made.
public protocol HashedTextIdentifier: TextIdentifier {
  /// FNV-1a of the text's bytes.
  var textHash: UInt64 { get }
}

extension HashedTextIdentifier {
  static func hash(of text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var text = text
    text.withUTF8 { bytes in
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }
    return hash
  }

  /// Equal bytes: a venue's names have no other way of being the same.
  public static func == (a: Self, b: Self) -> Bool { a.textHash == b.textHash && a.text == b.text }
  public func hash(into hasher: inout Hasher) { hasher.combine(textHash) }
}

/// A tradable instrument's venue name, such as `BTCUSDT`.
public struct Symbol: HashedTextIdentifier {
  public let text: String
  public let textHash: UInt64

  public init(_ text: String) {
    self.text = text
    textHash = Self.hash(of: text)
  }
}

/// A currency or coin, such as `BTC`.
public struct Asset: HashedTextIdentifier {
  public let text: String
  public let textHash: UInt64

  public init(_ text: String) {
    self.text = text
    textHash = Self.hash(of: text)
  }
}

/// One API credential's scope, named by the operator in the config.
public struct AccountID: HashedTextIdentifier {
  public let text: String
  public let textHash: UInt64

  public init(_ text: String) {
    self.text = text
    textHash = Self.hash(of: text)
  }
}

/// The order id that the sender chose. Unique only among *open* orders of the account (fault RS03).
public struct ClientOrderID: HashedTextIdentifier {
  public let text: String
  public let textHash: UInt64

  public init(_ text: String) {
    self.text = text
    textHash = Self.hash(of: text)
  }
}

/// Who asked for a bracket; free text chosen by the bot's author.
public struct StrategyID: TextIdentifier {
  public let text: String
  public init(_ text: String) { self.text = text }
}

/// A venue's number for something.
public protocol NumberIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
  var number: Int64 { get }
  init(_ number: Int64)
}

extension NumberIdentifier {
  public init(integerLiteral value: Int64) { self.init(value) }
  public var description: String { String(number) }
  public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}

/// The venue's number of an order; unique only together with the symbol (binance.md §0).
public struct VenueOrderID: NumberIdentifier {
  public let number: Int64
  public init(_ number: Int64) { self.number = number }
}

/// The venue's number of an order list; unique in the account.
public struct OrderListID: NumberIdentifier {
  public let number: Int64
  public init(_ number: Int64) { self.number = number }
}

/// The venue's number of a trade; unique only together with the symbol.
public struct TradeID: NumberIdentifier {
  public let number: Int64
  public init(_ number: Int64) { self.number = number }
}

/// The key of an order across an account.
public struct OrderKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let symbol: Symbol
  public let venueOrderID: VenueOrderID

  public init(_ symbol: Symbol, _ venueOrderID: VenueOrderID) {
    self.symbol = symbol
    self.venueOrderID = venueOrderID
  }

  public var description: String { "\(symbol)#\(venueOrderID)" }

  /// The number first: it nearly always tells.
  public static func == (a: Self, b: Self) -> Bool {
    a.venueOrderID.number == b.venueOrderID.number && a.symbol == b.symbol
  }

  /// The number alone: two symbols seldom share one, and hashing the text would cost most of a look-up.
  public func hash(into hasher: inout Hasher) { hasher.combine(venueOrderID.number) }

  public static func < (a: Self, b: Self) -> Bool {
    a.symbol == b.symbol ? a.venueOrderID < b.venueOrderID : a.symbol < b.symbol
  }
}

/// A lot is named by the entry order that opened it.
public typealias LotID = OrderKey

/// Which environment an account lives in. Host, key and database must agree on it, or nothing starts (fault CF03).
public enum VenueEnvironment: String, Hashable, Sendable, CaseIterable {
  case paper, testnet, demo, live
}
