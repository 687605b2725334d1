import Glibc

/// One address a name stands for, ready for `connect`.
public struct ResolvedAddress: Hashable, Sendable, CustomStringConvertible {
  /// The bytes of a `sockaddr_in` or `sockaddr_in6`.
  let socketAddress: [UInt8]
  /// AF_INET or AF_INET6.
  let family: Int32
  /// Numeric, with the port: `127.0.0.1:443`, `[::1]:443`.
  public let description: String
  /// Whether it is this machine (127.0.0.0/8 or ::1).
  public let isLoopback: Bool

  init?(_ info: addrinfo) {
    guard let pointer = info.ai_addr, info.ai_family == AF_INET || info.ai_family == AF_INET6 else { return nil }
    socketAddress = Array(UnsafeRawBufferPointer(start: pointer, count: Int(info.ai_addrlen)))
    family = info.ai_family
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
    let named = getnameinfo(
      pointer, info.ai_addrlen, &host, socklen_t(host.count), &port, socklen_t(port.count),
      NI_NUMERICHOST | NI_NUMERICSERV)
    guard named == 0 else { return nil }
    let hostText = Self.text(host)
    description = family == AF_INET6 ? "[\(hostText)]:\(Self.text(port))" : "\(hostText):\(Self.text(port))"
    // sockaddr_in: family 2, port 2, address 4. sockaddr_in6: family 2, port 2, flow 4, address 16.
    isLoopback =
      family == AF_INET
      ? socketAddress.count >= 8 && socketAddress[4] == 127
      : socketAddress.count >= 24 && socketAddress[8..<23].allSatisfy { $0 == 0 } && socketAddress[23] == 1
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
