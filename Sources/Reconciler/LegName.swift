import Trading
import Venue

/// The deterministic name of a leg (DESIGN §2): a function of entry, tranche, role, range start and generation, with a
/// keyed tag. Replays and second replicas that plan from the same facts choose the same name, so they collide at the
/// venue instead of doubling.
///
/// 32 characters of `[0-9A-Za-z]`, no vowel, so that no SQL word can stand in it and trip the venue's firewall (fault
/// RS14):
///
///     B1 R T GG SSSSSSS OOOOOOOOOOO CCCCCCCC
///     |  | | |  |       |           keyed tag, 40 bits
///     |  | | |  |       entry order id, 55 bits
///     |  | | |  range start in lot-size steps, 35 bits (a name, not a measure: larger values wrap)
///     |  | | generation, 10 bits
///     |  | tranche, 5 bits
///     |  role: L list, S stop-loss, T take-profit, X exit
///     scheme and its version
struct LegName: Hashable, Sendable {
  enum Part: UInt8, Sendable {
    case list = 0x4c
    case stopLoss = 0x53
    case takeProfit = 0x54
    case exit = 0x58
  }

  var lot: LotID
  var tranche: Int
  var generation: Int
  var rangeStartSteps: Int64

  static let generationMax = 1023
  private static let length = 32
  private static let tagStart = 24
  private static let scheme: [UInt8] = [0x42, 0x31]
  private static let alphabet = Array("0123456789BCDFGHJKLMNPQRSTVWXZbd".utf8)

  private static let values: [Int8] = {
    var table = [Int8](repeating: -1, count: 256)
    for (value, byte) in alphabet.enumerated() { table[Int(byte)] = Int8(value) }
    return table
  }()

  func id(_ part: Part, key: TagKey, account: AccountID) -> ClientOrderID {
    var bytes = Self.scheme
    bytes.reserveCapacity(Self.length)
    bytes.append(part.rawValue)
    Self.append(UInt64(tranche), digits: 1, to: &bytes)
    Self.append(UInt64(generation), digits: 2, to: &bytes)
    Self.append(UInt64(bitPattern: rangeStartSteps), digits: 7, to: &bytes)
    Self.append(UInt64(bitPattern: lot.venueOrderID.number), digits: 11, to: &bytes)
    Self.append(Self.tag(of: bytes[...], symbol: lot.symbol, key: key, account: account), digits: 8, to: &bytes)
    return ClientOrderID(String(decoding: bytes, as: UTF8.self))
  }

  /// The name that `id` carries, if its tag proves that this installation made it for this account and symbol.
  static func parse(
    _ id: ClientOrderID, symbol: Symbol, key: TagKey, account: AccountID
  ) -> (name: LegName, part: Part)? {
    guard id.text.utf8.count == length else { return nil }
    var text = id.text
    return text.withUTF8 { parse($0, symbol: symbol, key: key, account: account) }
  }

  private static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, symbol: Symbol, key: TagKey, account: AccountID
  ) -> (name: LegName, part: Part)? {
    guard bytes.count == length, bytes[0] == scheme[0], bytes[1] == scheme[1], let part = Part(rawValue: bytes[2]),
      let tranche = number(bytes[3..<4]), let generation = number(bytes[4..<6]), let start = number(bytes[6..<13]),
      let order = number(bytes[13..<24]), let code = number(bytes[24..<32]),
      code == tag(of: bytes[..<tagStart], symbol: symbol, key: key, account: account) & 0xff_ffff_ffff
    else { return nil }
    let lot = LotID(symbol, VenueOrderID(Int64(order)))
    let name = LegName(lot: lot, tranche: Int(tranche), generation: Int(generation), rangeStartSteps: Int64(start))
    return (name, part)
  }

  private static func tag(of prefix: some Sequence<UInt8>, symbol: Symbol, key: TagKey, account: AccountID) -> UInt64 {
    var tag = KeyedTag(key: key)
    tag.absorb(prefix)
    tag.absorb(CollectionOfOne(0))
    tag.absorb(symbol.text.utf8)
    tag.absorb(CollectionOfOne(0))
    tag.absorb(account.text.utf8)
    return tag.code
  }

  private static func append(_ value: UInt64, digits: Int, to bytes: inout [UInt8]) {
    for place in stride(from: digits - 1, through: 0, by: -1) {
      bytes.append(alphabet[Int(value >> (5 * UInt64(place)) & 31)])
    }
  }

  private static func number(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
    var value: UInt64 = 0
    for byte in bytes {
      let digit = values[Int(byte)]
      guard digit >= 0 else { return nil }
      value = value << 5 | UInt64(digit)
    }
    return value
  }
}
