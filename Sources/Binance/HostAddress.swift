/// The parts of a base URL that matter here: scheme, host, port, path. Anything that could hide a host is refused.
struct HostAddress: Hashable, Sendable {
  var scheme: String
  /// In lower case, without the brackets of an IPv6 address.
  var host: String
  var port: Int?

  init?(_ url: String) {
    guard let separator = url.firstRange(of: "://") else { return nil }
    scheme = url[..<separator.lowerBound].lowercased()
    let rest = url[separator.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    // `https://testnet.binance.vision@api.binance.com` leads to the second host; a backslash is read as a slash by
    // some.
    guard !authority.isEmpty, !authority.contains("@"), !url.contains("\\") else { return nil }
    var name = authority
    if authority.first == "[" {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      name = authority[authority.index(after: authority.startIndex)..<end]
      guard let port = Self.port(authority[authority.index(after: end)...]) else { return nil }
      self.port = port == 0 ? nil : port
    } else if let colon = authority.firstIndex(of: ":") {
      name = authority[..<colon]
      guard let port = Self.port(authority[colon...]) else { return nil }
      self.port = port == 0 ? nil : port
    }
    // A final dot names the same host.
    if name.last == "." { name = name.dropLast() }
    // No percent sign either: some readers of URLs decode it, and then the host is another one.
    guard !name.isEmpty, name.allSatisfy(Self.isHostCharacter) else { return nil }
    host = name.lowercased()
  }

  /// `:443` → 443, nothing → 0, anything else → `nil`.
  private static func port(_ text: Substring) -> Int? {
    if text.isEmpty { return 0 }
    guard text.first == ":", let port = Int(text.dropFirst()), (1...65_535).contains(port) else { return nil }
    return port
  }

  private static func isHostCharacter(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "-._:".contains(character))
  }

  var isLoopback: Bool {
    host == "localhost" || host == "::1" || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
  }
}
