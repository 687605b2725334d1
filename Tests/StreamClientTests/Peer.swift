import CLinux
import COpenSSL
import EventLoop
import Glibc

/// The server's end of one connection, for scripts: blocking, on the connection's own thread. `wake` may come from
/// anywhere.
final class Peer: @unchecked Sendable {
  // Unchecked because the script's thread owns everything but `isOpen`, which is locked.
  private let descriptor: Int32
  private var ssl: OpaquePointer?
  private var received: [UInt8] = []
  private let isOpen = Locked(true)
  /// Application bytes that arrived, for asserting that none did.
  private(set) var receivedCount = 0

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Returns false when the client refused the certificate.
  func secure(_ context: OpaquePointer?) -> Bool {
    ssl = SSL_new(context)
    SSL_set_fd(ssl, descriptor)
    return SSL_accept(ssl) == 1
  }

  /// Unblocks a script that reads.
  func wake() {
    isOpen.withLock { if $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
  }

  /// Closes, in order unless `reset`.
  func end(reset: Bool = false) {
    isOpen.withLock { isOpen in
      guard isOpen else { return }
      isOpen = false
      if reset { _ = clinux_set_reset_on_close(descriptor) } else if ssl != nil { SSL_shutdown(ssl) }
      SSL_free(ssl)
      ssl = nil
      close(descriptor)
    }
  }

  func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { buffer in
        ssl != nil
          ? Int(SSL_write(ssl, buffer.baseAddress, Int32(buffer.count)))
          : Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Reads once; false at the end.
  func read() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = ssl != nil ? Int(SSL_read(ssl, &buffer, 65_536)) : recv(descriptor, &buffer, 65_536, 0)
    guard count > 0 else { return false }
    receivedCount += count
    received += buffer.prefix(count)
    return true
  }

  /// The opening request up to its empty line; nil when the connection ended before.
  func readRequest() -> String? {
    while true {
      let text = String(decoding: received, as: UTF8.self)
      if let end = text.range(of: "\r\n\r\n") {
        received.removeFirst(text[..<end.upperBound].utf8.count)
        return text
      }
      guard read() else { return nil }
    }
  }

  /// Answers the opening request with 101 and the right key.
  func upgrade() -> Bool {
    upgradedTarget() != nil
  }

  /// Like `upgrade`, and returns the path and query that were asked for.
  func upgradedTarget() -> String? {
    guard let request = readRequest(), let name = request.range(of: "Sec-WebSocket-Key: ") else { return nil }
    let key = request[name.upperBound...].prefix { $0 != "\r\n" && $0 != "\r" }
    let answer = [
      "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Accept: \(Self.accept(String(key)))", "\r\n",
    ]
    write(Array(answer.joined(separator: "\r\n").utf8))
    return request.split(separator: " ").dropFirst().first.map(String.init)
  }

  private static func accept(_ key: String) -> String {
    let input = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    var digest = [UInt8](repeating: 0, count: 20)
    var count: UInt32 = 0
    EVP_Digest(input, input.count, &digest, &count, EVP_sha1(), nil)
    var output = [UInt8](repeating: 0, count: 29)
    EVP_EncodeBlock(&output, digest, 20)
    return String(decoding: output.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// One unmasked frame.
  static func frame(_ opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x80 | opcode]
    if payload.count < 126 {
      bytes.append(UInt8(payload.count))
    } else if payload.count < 65_536 {
      bytes += [126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    } else {
      bytes.append(127)
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
    }
    return bytes + payload
  }

  func send(text: String) {
    write(Self.frame(1, Array(text.utf8)))
  }

  /// The next frame of the client, unmasked; nil at the end.
  func readFrame() -> (opcode: UInt8, payload: [UInt8])? {
    while true {
      if let frame = takeFrame() { return frame }
      guard read() else { return nil }
    }
  }

  private func takeFrame() -> (opcode: UInt8, payload: [UInt8])? {
    guard received.count >= 6 else { return nil }
    var length = Int(received[1] & 127)
    var start = 2
    if length == 126 {
      length = Int(received[2]) << 8 | Int(received[3])
      start = 4
    } else if length == 127 {
      guard received.count >= 14 else { return nil }
      length = received[2..<10].reduce(0) { $0 << 8 | Int($1) }
      start = 10
    }
    guard received.count >= start + 4 + length else { return nil }
    let mask = Array(received[start..<start + 4])
    let payload = received[(start + 4)..<(start + 4 + length)].enumerated().map { $1 ^ mask[$0 & 3] }
    let opcode = received[0] & 15
    received.removeFirst(start + 4 + length)
    return (opcode, payload)
  }

  /// The next text message, pings answered meanwhile; nil at the end or at a Close, which is answered.
  func readText() -> String? {
    while let frame = readFrame() {
      switch frame.opcode {
      case 1: return String(decoding: frame.payload, as: UTF8.self)
      case 8:
        write(Self.frame(8, frame.payload))
        return nil
      case 9: write(Self.frame(10, frame.payload))
      default: break
      }
    }
    return nil
  }
}

extension String {
  fileprivate func range(of part: String) -> Range<String.Index>? {
    let (whole, wanted) = (Array(utf8), Array(part.utf8))
    guard wanted.count <= whole.count else { return nil }
    for start in 0...(whole.count - wanted.count) where Array(whole[start..<start + wanted.count]) == wanted {
      return utf8.index(startIndex, offsetBy: start)..<utf8.index(startIndex, offsetBy: start + wanted.count)
    }
    return nil
  }
}
