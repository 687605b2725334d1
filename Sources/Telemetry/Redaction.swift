/// Keeps credentials out of whatever people read (fault SE01): by the name of a field, and inside texts by the usual
/// shapes. The second net under a rule that stands first: nothing that carries a secret is logged at all.
public enum Redaction {
  public static let blot = "[redacted]"

  /// Parts of names whose values are never shown; compared in lower case without `_`, `-` and `.`.
  private static let secretParts = [
    "secret", "password", "passwd", "passphrase", "signature", "apikey", "privatekey", "authorization", "credential",
    "listenkey", "cookie", "token", "mbxkey",
  ]

  private static let harmlessEndings = ["file", "path", "count"].map { Array($0.utf8) }

  /// `name=value` and `name: value` shapes inside texts: query strings, connection strings, headers.
  private static let markers = [
    "signature=", "apikey=", "listenkey=", "token=", "password=", "secret=", "x-mbx-apikey: ", "authorization: bearer ",
    "\"signature\":\"", "\"apikey\":\"",
  ].map { Array($0.utf8) }

  /// True when a field of this name is blotted out whatever it holds.
  public static func isSecret(field name: String) -> Bool {
    var plain: [UInt8] = []
    plain.reserveCapacity(name.utf8.count)
    for byte in name.utf8 where byte != UInt8(ascii: "_") && byte != UInt8(ascii: "-") && byte != UInt8(ascii: ".") {
      plain.append(lowercased(byte))
    }
    // Where a secret is kept is what people need to know when it is wrong.
    if harmlessEndings.contains(where: { plain.ends(with: $0) }) { return false }
    return secretParts.contains { part in contains(plain, part.utf8) }
  }

  /// The text without the values of known credential shapes, such as `signature=…` or `postgres://user:…@host`.
  public static func text(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.contains(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) else { return text }
    var out: [UInt8] = []
    var changed = false
    var index = 0
    while index < bytes.count {
      if let end = endOfPasswordInURL(bytes, at: index) {
        out += bytes[index...index + 2]
        out += userName(bytes, from: index + 3) + Array(":".utf8) + Array(blot.utf8)
        index = end
        changed = true
        continue
      }
      if let marker = markers.first(where: { matches(bytes, at: index, $0) }) {
        out += bytes[index..<index + marker.count]
        out += blot.utf8
        index += marker.count
        while index < bytes.count, !isDelimiter(bytes[index]) { index += 1 }
        changed = true
        continue
      }
      out.append(bytes[index])
      index += 1
    }
    return changed ? String(decoding: out, as: UTF8.self) : text
  }

  /// With `index` at `://` of `scheme://user:password@host`: the index of the `@`.
  private static func endOfPasswordInURL(_ bytes: [UInt8], at index: Int) -> Int? {
    guard matches(bytes, at: index, Array("://".utf8)) else { return nil }
    var colon: Int?
    var at: Int?
    var position = index + 3
    while position < bytes.count, !isDelimiter(bytes[position]), bytes[position] != UInt8(ascii: "/") {
      if bytes[position] == UInt8(ascii: ":"), colon == nil { colon = position }
      if bytes[position] == UInt8(ascii: "@") { at = position }
      position += 1
    }
    guard let colon, let at, colon < at else { return nil }
    return at
  }

  private static func userName(_ bytes: [UInt8], from start: Int) -> [UInt8] {
    Array(bytes[start...].prefix { $0 != UInt8(ascii: ":") })
  }

  private static func isDelimiter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ","), UInt8(ascii: ";"),
      UInt8(ascii: ")"), UInt8(ascii: "}"):
      true
    default: false
    }
  }

  private static func matches(_ bytes: [UInt8], at index: Int, _ pattern: [UInt8]) -> Bool {
    guard index + pattern.count <= bytes.count else { return false }
    for offset in 0..<pattern.count where lowercased(bytes[index + offset]) != pattern[offset] { return false }
    return true
  }

  private static func contains(_ bytes: [UInt8], _ part: String.UTF8View) -> Bool {
    let part = Array(part)
    guard bytes.count >= part.count else { return false }
    return (0...bytes.count - part.count).contains { matches(bytes, at: $0, part) }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte + 32 : byte
  }
}

extension [UInt8] {
  fileprivate func ends(with other: [UInt8]) -> Bool { suffix(other.count).elementsEqual(other) }
}
