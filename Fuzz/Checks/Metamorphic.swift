/// Changes of a JSON object that must not change what is read from it (fault ST20), and one that must.
public enum Metamorphic {
  /// - Parameters:
  ///   - message: was read by `read`.
  ///   - read: answers `nil` for what it refuses.
  public static func check<Value: Equatable>(_ message: [UInt8], _ name: String, _ read: ([UInt8]) -> Value?) {
    let value = read(message)
    Property.holds(read([0x20, 0x0A] + message + [0x0D, 0x09]) == value, "\(name) in white space is the same")
    guard let last = message.lastIndex(where: { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }) else { return }
    if [UInt8(ascii: "}"), UInt8(ascii: "]")].contains(message[last]) {
      Property.holds(read(Array(message[..<last])) == nil, "\(name) without its end is refused")
      Property.holds(read(message + [UInt8(ascii: ",")]) == nil, "\(name) with something behind it is refused")
    }
    if let extended = withUnknownField(message) {
      Property.holds(read(extended) == value, "\(name) with an unknown field is the same")
    }
  }

  /// With one more field in front, of a name that nobody sends; `nil` when the text is no object with fields.
  private static func withUnknownField(_ message: [UInt8]) -> [UInt8]? {
    guard let start = message.firstIndex(where: { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }),
      message[start] == UInt8(ascii: "{"),
      let next = message[(start + 1)...].first(where: { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }),
      next == UInt8(ascii: "\"")
    else { return nil }
    return Array(message[...start]) + Array(#""~new":[{"~":[1.5e3,"\u00e9\\",null]},true],"#.utf8)
      + Array(message[(start + 1)...])
  }
}
