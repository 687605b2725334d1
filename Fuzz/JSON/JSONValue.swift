import Binance
import Foundation
import FuzzChecks
import Trading

/// A JSON text read with every reading function of `JSONReader`.
enum JSONValue: Equatable {
  case text(String)
  case number(String)
  case flag(Bool)
  case null
  case list([JSONValue])
  /// In the order of the text; a key may come twice.
  case object([(key: String, value: JSONValue)])

  init(_ bytes: [UInt8]) throws(MalformedMessage) {
    self = try bytes.withUnsafeBufferPointer { (bytes) throws(MalformedMessage) in
      let buffer = UnsafeRawBufferPointer(bytes)
      var reader = JSONReader(buffer)
      // The reader skips white space behind values; in front of the text it is the caller's.
      guard let first = buffer.first, first > 0x20 else { throw MalformedMessage(.truncated) }
      let value = try JSONValue(&reader, buffer)
      try reader.finish()
      return value
    }
  }

  /// How many bytes one value and the white space around it take; `nil` when the text is not exactly one value.
  static func skippedBytes(_ bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBytes { buffer in
      var reader = JSONReader(buffer)
      do {
        try reader.skip()
        try reader.finish()
        return reader.offset
      } catch { return nil }
    }
  }

  private init(_ reader: inout JSONReader, _ buffer: UnsafeRawBufferPointer) throws(MalformedMessage) {
    if try reader.skipNull() {
      self = .null
      return
    }
    switch reader.offset < buffer.count ? buffer[reader.offset] : 0 {
    case UInt8(ascii: "\""): self = .text(try reader.text().string)
    case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .flag(try reader.boolean())
    case UInt8(ascii: "["):
      var list: [JSONValue] = []
      try reader.beginArray()
      while try reader.nextElement() { list.append(try JSONValue(&reader, buffer)) }
      self = .list(list)
    case UInt8(ascii: "{"):
      var members: [(key: String, value: JSONValue)] = []
      try reader.beginObject()
      while let key = try reader.nextKey() { members.append((key.string, try JSONValue(&reader, buffer))) }
      self = .object(members)
    default: self = try Self.number(&reader)
    }
  }

  /// As an integer or a decimal where it is one; both must agree where both can read it.
  private static func number(_ reader: inout JSONReader) throws(MalformedMessage) -> JSONValue {
    var asInteger = reader
    var asDecimal = reader
    let integer = try? asInteger.integer()
    guard let decimal = try? asDecimal.decimal() else {
      if let integer {
        reader = asInteger
        return .number(String(integer))
      }
      try reader.skip()
      throw MalformedMessage(.notADecimal, at: reader.offset)
    }
    if let integer {
      Property.holds(
        asInteger.offset == asDecimal.offset && decimal.text() == String(integer),
        "integer \(integer) and decimal \(decimal) read the same number")
    }
    reader = asDecimal
    return .number(decimal.text())
  }
}

extension JSONValue {
  static func == (a: JSONValue, b: JSONValue) -> Bool {
    switch (a, b) {
    case (.text(let x), .text(let y)), (.number(let x), .number(let y)): x == y
    case (.flag(let x), .flag(let y)): x == y
    case (.null, .null): true
    case (.list(let x), .list(let y)): x == y
    case (.object(let x), .object(let y)): x.elementsEqual(y) { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }

  /// Whether Foundation's reading of the same bytes says the same.
  func agrees(with other: Any) -> Bool {
    switch self {
    case .null: other is NSNull
    case .text(let text): (other as? String).map { Array($0.unicodeScalars) == Array(text.unicodeScalars) } ?? false
    // A flag is a number too, there.
    case .flag(let flag): (other as? Bool) == flag
    case .number(let text): Self.isClose(text, other)
    case .list(let list):
      (other as? [Any]).map { theirs in
        theirs.count == list.count && zip(list, theirs).allSatisfy { $0.agrees(with: $1) }
      }
        ?? false
    case .object(let members): Self.members(members, agreeWith: other)
    }
  }

  private static func members(_ members: [(key: String, value: JSONValue)], agreeWith other: Any) -> Bool {
    guard let theirs = other as? [String: Any] else { return false }
    // Of a key that comes twice nobody says which one counts.
    guard Set(members.map(\.key)).count == members.count else { return true }
    return theirs.count == members.count
      && members.allSatisfy { member in theirs[member.key].map(member.value.agrees(with:)) ?? false }
  }

  /// Foundation reads numbers as floating point, so the last digits may differ.
  private static func isClose(_ text: String, _ other: Any) -> Bool {
    guard let ours = Double(text), let theirs = (other as? NSNumber)?.doubleValue else { return false }
    return abs(ours - theirs) <= max(abs(ours), abs(theirs)) * 1e-12
  }

  /// Foundation refuses numbers that no `Double` holds. The grammar allows them, and we skip them.
  static func hasNumberBeyondDouble(_ bytes: [UInt8]) -> Bool {
    let words = String(decoding: bytes, as: UTF8.self).split { !"0123456789+-.eE".contains($0) }
    return words.contains {
      Double($0).map { !$0.isFinite || ($0 == 0 && $0.description != "0") } ?? false || $0.count > 15
    }
  }
}
