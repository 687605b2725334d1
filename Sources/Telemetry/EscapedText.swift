/// Makes text from outside inert where it is shown (fault SE09): control characters, terminal escapes, line breaks and
/// the invisible characters that reorder or hide text become visible escapes.
public enum EscapedText {
  /// Appends a quoted JSON string.
  public static func appendJSON(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\"".utf8
      case "\\": out += "\\\\".utf8
      case "\n": out += "\\n".utf8
      case "\r": out += "\\r".utf8
      case "\t": out += "\\t".utf8
      default:
        if isHarmless(scalar) { appendScalar(scalar, to: &out) } else { appendJSONEscape(scalar, to: &out) }
      }
    }
    out.append(UInt8(ascii: "\""))
  }

  /// Appends text with its harmful characters as `\u{1b}`.
  public static func append(_ text: String, to out: inout [UInt8]) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": out += "\\n".utf8
      case "\r": out += "\\r".utf8
      case "\t": out += "\\t".utf8
      default:
        if isHarmless(scalar) {
          appendScalar(scalar, to: &out)
        } else {
          out += "\\u{\(String(scalar.value, radix: 16))}".utf8
        }
      }
    }
  }

  /// Appends a value that can be told from its neighbours: quoted when it has spaces, quotes or an equals sign.
  public static func appendWord(_ text: String, to out: inout [UInt8]) {
    let needsQuotes = text.isEmpty || text.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: "\"") || $0 == 0x3D }
    if needsQuotes { appendJSON(text, to: &out) } else { append(text, to: &out) }
  }

  /// The text with its harmful characters made visible.
  public static func string(_ text: String) -> String {
    var out: [UInt8] = []
    append(text, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7F: true
    case 0..<0x20, 0x7F...0x9F: false  // C0, DEL, C1 (0x9B starts a terminal sequence as ESC [ does)
    case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: false
    case 0xE0000...0xE007F: false  // invisible tags
    default: true
    }
  }

  private static func appendScalar(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
    if scalar.isASCII { out.append(UInt8(scalar.value)) } else { out += String(Character(scalar)).utf8 }
  }

  private static func appendJSONEscape(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
    for unit in String(Character(scalar)).utf16 {
      let digits = String(unit, radix: 16)
      out += "\\u".utf8
      out += repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count)
      out += digits.utf8
    }
  }
}
