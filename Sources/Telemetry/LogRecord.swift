import Logging

/// One line before it is text. Formatted on the writer's thread.
struct LogRecord: Sendable {
  var microseconds: Int64
  var level: Logger.Level
  var label: String
  var message: String
  var fields: Logger.Metadata

  /// Longest text of one field; a whole response body in a field must not become a line of megabytes.
  static let fieldBytesMax = 4096
  /// Fields nested deeper are shown as `…`.
  static let depthMax = 4
  private static let ownNames: Set<String> = ["time", "level", "logger", "message"]

  // MARK: - JSON lines

  func appendJSON(to out: inout [UInt8]) {
    out += "{\"time\":\"".utf8
    LogTime.append(microseconds, to: &out)
    out += "\",\"level\":\"".utf8
    out += level.rawValue.utf8
    out += "\",\"logger\":".utf8
    EscapedText.appendJSON(label, to: &out)
    out += ",\"message\":".utf8
    EscapedText.appendJSON(Redaction.text(message), to: &out)
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
      out.append(UInt8(ascii: ","))
      EscapedText.appendJSON(Self.ownNames.contains(name) ? name + "_" : name, to: &out)
      out.append(UInt8(ascii: ":"))
      appendJSON(value, named: name, depth: 0, to: &out)
    }
    out += "}\n".utf8
  }

  private func appendJSON(_ value: Logger.MetadataValue, named name: String, depth: Int, to out: inout [UInt8]) {
    guard !Redaction.isSecret(field: name) else { return EscapedText.appendJSON(Redaction.blot, to: &out) }
    guard depth < Self.depthMax else { return EscapedText.appendJSON("…", to: &out) }
    switch value {
    case .string(let text): appendJSONText(text, to: &out)
    case .stringConvertible(let value):
      switch value {
      case let number as any FixedWidthInteger & CustomStringConvertible: out += number.description.utf8
      case let flag as Bool: out += (flag ? "true" : "false").utf8
      default: appendJSONText(value.description, to: &out)
      }
    case .dictionary(let fields):
      out.append(UInt8(ascii: "{"))
      for (index, (name, value)) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        EscapedText.appendJSON(name, to: &out)
        out.append(UInt8(ascii: ":"))
        appendJSON(value, named: name, depth: depth + 1, to: &out)
      }
      out.append(UInt8(ascii: "}"))
    case .array(let values):
      out.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        appendJSON(value, named: name, depth: depth + 1, to: &out)
      }
      out.append(UInt8(ascii: "]"))
    }
  }

  private func appendJSONText(_ text: String, to out: inout [UInt8]) {
    EscapedText.appendJSON(Redaction.text(Self.bounded(text)), to: &out)
  }

  // MARK: - Text

  func appendText(to out: inout [UInt8], colour: Bool) {
    LogTime.append(microseconds, to: &out)
    out.append(UInt8(ascii: " "))
    if colour { out += "\u{1b}[\(colourCode)m".utf8 }
    let name = level.rawValue.uppercased()
    out += name.utf8
    if colour { out += "\u{1b}[0m".utf8 }
    out += String(repeating: " ", count: max(1, 9 - name.utf8.count)).utf8
    EscapedText.append(label, to: &out)
    out += ": ".utf8
    EscapedText.append(Redaction.text(message), to: &out)
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
      out += (colour ? "  \u{1b}[2m" : "  ").utf8
      EscapedText.append(name, to: &out)
      out += (colour ? "=\u{1b}[0m" : "=").utf8
      EscapedText.appendWord(plainText(value, named: name, depth: 0), to: &out)
    }
    out.append(UInt8(ascii: "\n"))
  }

  private func plainText(_ value: Logger.MetadataValue, named name: String, depth: Int) -> String {
    guard !Redaction.isSecret(field: name) else { return Redaction.blot }
    guard depth < Self.depthMax else { return "…" }
    switch value {
    case .string(let text): return Redaction.text(Self.bounded(text))
    case .stringConvertible(let value): return Redaction.text(Self.bounded(value.description))
    case .dictionary(let fields):
      let parts = fields.sorted(by: { $0.key < $1.key })
        .map { $0.key + ":" + plainText($0.value, named: $0.key, depth: depth + 1) }
      return "{" + parts.joined(separator: ",") + "}"
    case .array(let values):
      return "[" + values.map { plainText($0, named: name, depth: depth + 1) }.joined(separator: ",") + "]"
    }
  }

  private var colourCode: String {
    switch level {
    case .trace, .debug: "2"
    case .info: "32"
    case .notice: "36"
    case .warning: "33"
    case .error: "31"
    case .critical: "1;31"
    }
  }

  private static func bounded(_ text: String) -> String {
    guard text.utf8.count > fieldBytesMax else { return text }
    return String(decoding: text.utf8.prefix(fieldBytesMax), as: UTF8.self) + "…"
  }
}
