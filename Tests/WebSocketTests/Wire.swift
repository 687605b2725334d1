@testable import WebSocket

/// Literal bytes of both sides, and connections in a given state.
enum Wire {
  /// Key and answer of RFC 6455 section 1.3.
  static let nonce = Array("the sample nonce".utf8)
  static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

  static let response = Array(
    """
    HTTP/1.1 101 Switching Protocols\r
    Upgrade: websocket\r
    Connection: Upgrade\r
    Sec-WebSocket-Accept: \(accept)\r
    \r\n
    """.utf8)

  static func response(_ headers: String, status: String = "101 Switching Protocols") -> [UInt8] {
    Array(("HTTP/1.1 \(status)\r\n" + headers + "\r\n").utf8)
  }

  /// A frame as a server sends it: unmasked, shortest length form.
  static func frame(_ first: UInt8, _ payload: [UInt8] = []) -> [UInt8] {
    switch payload.count {
    case 0...125: [first, UInt8(payload.count)] + payload
    case 126...0xffff: [first, 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)] + payload
    default:
      [first, 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) } + payload
    }
  }

  static func frame(_ first: UInt8, _ payload: String) -> [UInt8] {
    frame(first, Array(payload.utf8))
  }

  /// The four bytes 37 fa 21 3d of the examples in section 5.7, for each frame.
  static let maskKey: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]

  static func masked(_ payload: [UInt8]) -> [UInt8] {
    maskKey + payload.enumerated().map { $1 ^ maskKey[$0 % 4] }
  }

  static func connecting(
    limits: ConnectionLimits = .production, subprotocols: [String] = [], url: String = "ws://venue.test/ws"
  ) throws -> ClientConnection {
    ClientConnection(
      request: try OpeningRequest(url: try WebSocketURL(url), subprotocols: subprotocols), nonce: nonce, limits: limits,
      maskKeys: MaskKeys(repeating: 0x3d21_fa37))
  }

  /// After the handshake, with the request taken.
  static func open(limits: ConnectionLimits = .production) throws -> ClientConnection {
    var connection = try connecting(limits: limits)
    _ = connection.receive(response)
    _ = connection.takeOutput()
    return connection
  }
}

extension ClientConnection {
  /// The shell's loop of steps 1 and 5, for tests that look at events only.
  mutating func receiveAll(_ bytes: [UInt8]) -> [Event] {
    var events = receive(bytes)
    while isFailureDue { events += receive([]) }
    return events
  }
}

/// Repeatable randomness: the mask keys' own generator under a seed that is an argument of the test.
struct SeededWords: RandomNumberGenerator {
  private var keys: MaskKeys

  init(seed: UInt64) {
    keys = MaskKeys(seed: (seed, 0, 0, 0))
  }

  mutating func next() -> UInt64 {
    UInt64(keys.next().word) << 32 | UInt64(keys.next().word)
  }
}
