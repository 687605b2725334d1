/// Where requests go: scheme, host and port. Plain HTTP only reaches this machine, so no key can leave it in the clear.
public struct HTTPOrigin: Hashable, Sendable, CustomStringConvertible {
  public let isSecure: Bool
  /// Without brackets, also for IPv6.
  public let host: String
  public let port: Int

  /// Reads `https://host[:port]`, or `http://` for a loopback host. A path other than `/`, user info, a query and any
  /// other scheme are refused.
  public init(_ text: String) throws(HTTPTransportError) {
    let rest: Substring
    if text.hasPrefix("https://") {
      isSecure = true
      rest = text.dropFirst(8)
    } else if text.hasPrefix("http://") {
      isSecure = false
      rest = text.dropFirst(7)
    } else {
      throw .badOrigin("it must start with https://")
    }
    let authority = rest.hasSuffix("/") ? rest.dropLast() : rest
    guard !authority.utf8.contains(where: { Self.neverInAuthority.contains($0) || $0 <= 0x20 || $0 >= 0x7F }) else {
      throw .badOrigin("it must be scheme, host and port only, in ASCII: https://host:port")
    }
    let hostText: Substring
    let portText: Substring?
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      hostText = authority[authority.index(after: authority.startIndex)..<end]
      let after = authority[authority.index(after: end)...]
      guard after.isEmpty || after.hasPrefix(":") else { throw .badOrigin("only :port may follow the ]") }
      portText = after.isEmpty ? nil : after.dropFirst()
    } else if let colon = authority.lastIndex(of: ":") {
      hostText = authority[..<colon]
      portText = authority[authority.index(after: colon)...]
    } else {
      hostText = authority
      portText = nil
    }
    guard !hostText.isEmpty else { throw .badOrigin("the host is missing") }
    host = hostText.lowercased()
    if let portText {
      guard let number = Int(portText), (1...65_535).contains(number) else {
        throw .badOrigin("the port must be a number from 1 to 65535")
      }
      port = number
    } else {
      port = isSecure ? 443 : 80
    }
    if !isSecure, !isLoopback { throw .insecureOrigin(host: host) }
  }

  private static let neverInAuthority = Set("/?#@\\%\"<>".utf8)

  /// A literal loopback address, or `localhost`.
  public var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  public var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(isSecure ? "https" : "http")://\(name):\(port)"
  }
}
