import FoundationEssentials
import Telemetry

/// JSON as it is, for bodies whose defects we want to name one by one, and for answers whose members keep their order.
indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// Never money: decimals travel as strings.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  struct Member: Hashable, Sendable {
    var name: String
    var value: JSONValue

    init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  init?(parsing bytes: [UInt8]) {
    guard let value = try? JSONDecoder().decode(Parsed.self, from: Data(bytes)) else { return nil }
    self = value.value
  }

  static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  static func seconds(_ duration: Duration?) -> JSONValue {
    guard let duration else { return .null }
    let (seconds, attoseconds) = duration.components
    return .number((Double(seconds) * 1000 + (Double(attoseconds) * 1e-15).rounded()) / 1000)
  }

  /// One word for people: what kind of value it is.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

// MARK: - Writing

extension JSONValue {
  var bytes: [UInt8] {
    var out: [UInt8] = []
    append(to: &out)
    out.append(UInt8(ascii: "\n"))
    return out
  }

  private func append(to out: inout [UInt8]) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .number(let value):
      let isWhole = value == value.rounded() && value.magnitude < 1e15
      out += (value.isFinite ? (isWhole ? String(Int64(value)) : "\(value)") : "null").utf8
    case .string(let text): EscapedText.appendJSON(text, to: &out)
    case .array(let values):
      out.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        value.append(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        EscapedText.appendJSON(member.name, to: &out)
        out.append(UInt8(ascii: ":"))
        member.value.append(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }
}

// MARK: - Reading

/// What `JSONDecoder` makes of a body; it limits the depth itself.
private struct Parsed: Decodable {
  let value: JSONValue

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Name.self) {
      value = .object(
        try container.allKeys.sorted { $0.stringValue < $1.stringValue }.map { name in
          JSONValue.Member(name.stringValue, try container.decode(Parsed.self, forKey: name).value)
        })
    } else if var container = try? decoder.unkeyedContainer() {
      var values: [JSONValue] = []
      while !container.isAtEnd { values.append(try container.decode(Parsed.self).value) }
      value = .array(values)
    } else {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        value = .null
      } else if let flag = try? container.decode(Bool.self) {
        value = .bool(flag)
      } else if let text = try? container.decode(String.self) {
        value = .string(text)
      } else {
        value = .number(try container.decode(Double.self))
      }
    }
  }
}
