/// A value for `$1`, `$2`, …, typed on our side so that the server never has to guess.
public enum BindValue: Sendable, Hashable {
  case null
  case text(String)
  case int64(Int64)
  case bool(Bool)
  /// Exact decimal text; money never passes through floating point (DB14).
  case numeric(String)
  /// Microseconds since 1970-01-01T00:00:00Z.
  case timestamp(microseconds: Int64)
  case bytes([UInt8])
  case array(BindArray)

  public static func optional(_ text: String?) -> BindValue { text.map { .text($0) } ?? .null }
  public static func optional(_ number: Int64?) -> BindValue { number.map { .int64($0) } ?? .null }
}

/// libpq's view of one parameter: type, format and bytes. Everything but numeric travels in binary, so that no escaping
/// exists.
struct EncodedParameter {
  /// 0 lets the server infer the type (only for null).
  let typeOID: UInt32
  let isBinary: Bool
  /// Nil is SQL NULL.
  let bytes: [UInt8]?
}

/// Object ids of the built-in types, fixed in PostgreSQL's catalogue (pg_type.dat).
enum TypeOID {
  static let bool: UInt32 = 16
  static let bytea: UInt32 = 17
  static let int8: UInt32 = 20
  static let text: UInt32 = 25
  static let timestamptz: UInt32 = 1184
  static let numeric: UInt32 = 1700
}

/// PostgreSQL counts binary timestamps from 2000-01-01.
let microsecondsFrom1970To2000: Int64 = 946_684_800_000_000

extension BindValue {
  /// Nil when a text holds a NUL byte, which PostgreSQL cannot store (DB14).
  func encoded() -> EncodedParameter? {
    switch self {
    case .null: return EncodedParameter(typeOID: 0, isBinary: false, bytes: nil)
    case .text(let text):
      let bytes = Array(text.utf8)
      return bytes.contains(0) ? nil : EncodedParameter(typeOID: TypeOID.text, isBinary: true, bytes: bytes)
    case .int64(let number):
      return EncodedParameter(typeOID: TypeOID.int8, isBinary: true, bytes: bigEndian(number))
    case .bool(let flag): return EncodedParameter(typeOID: TypeOID.bool, isBinary: true, bytes: [flag ? 1 : 0])
    case .numeric(let text):
      return EncodedParameter(typeOID: TypeOID.numeric, isBinary: false, bytes: Array(text.utf8))
    case .timestamp(let microseconds):
      let since2000 = microseconds &- microsecondsFrom1970To2000
      return EncodedParameter(typeOID: TypeOID.timestamptz, isBinary: true, bytes: bigEndian(since2000))
    case .bytes(let bytes): return EncodedParameter(typeOID: TypeOID.bytea, isBinary: true, bytes: bytes)
    case .array(let array): return array.encoded()
    }
  }
}

func bigEndian(_ number: Int64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
