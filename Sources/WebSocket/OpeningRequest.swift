/// What the opening request asks for (RFC 6455 section 4.1): where to, with which extra headers, speaking what.
public struct OpeningRequest: Equatable, Sendable {
  public let url: WebSocketURL
  /// Sent after our own headers, in this order.
  public let headers: [HeaderField]
  /// Offered in order of preference. Empty: none is offered and none is accepted.
  public let subprotocols: [String]

  /// Throws when a header could break the request or belongs to the handshake itself.
  public init(url: WebSocketURL, headers: [HeaderField] = [], subprotocols: [String] = []) throws(InvalidOpeningRequest)
  {
    for field in headers {
      guard !field.name.isEmpty, field.name.utf8.allSatisfy(isTokenByte) else { throw .headerName }
      guard !Self.isReserved(field.name.lowercased()) else { throw .reservedHeader(name: field.name) }
      let isPlain = field.value.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7f) }
      guard isPlain else { throw .headerValue(name: field.name) }
    }
    for name in subprotocols {
      guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else { throw .subprotocol }
    }
    guard Set(subprotocols).count == subprotocols.count else { throw .subprotocol }
    self.url = url
    self.headers = headers
    self.subprotocols = subprotocols
  }

  private static func isReserved(_ name: String) -> Bool {
    switch name {
    case "host", "upgrade", "connection", "content-length", "transfer-encoding": true
    default: name.hasPrefix("sec-websocket-")
    }
  }

  /// The request as it goes on the wire.
  func bytes(key: String) -> [UInt8] {
    var text = "GET \(url.target) HTTP/1.1\r\nHost: \(url.authority)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    text += "Sec-WebSocket-Key: \(key)\r\nSec-WebSocket-Version: 13\r\n"
    if !subprotocols.isEmpty {
      text += "Sec-WebSocket-Protocol: \(subprotocols.joined(separator: ", "))\r\n"
    }
    for field in headers {
      text += "\(field.name): \(field.value)\r\n"
    }
    return Array((text + "\r\n").utf8)
  }
}
