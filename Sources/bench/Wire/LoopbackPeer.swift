import CLinux
import COpenSSL
import Glibc

/// The server's end of one connection.
final class LoopbackPeer {
  private static let bufferBytes = 65_536

  private let descriptor: Int32
  private let ssl: OpaquePointer
  private var buffer = [UInt8](repeating: 0, count: bufferBytes)
  private(set) var received: [UInt8] = []

  init(_ descriptor: Int32, _ context: OpaquePointer) throws {
    self.descriptor = descriptor
    _ = clinux_set_nodelay(descriptor)
    guard let ssl = SSL_new(context) else { throw BenchmarkFailure("SSL_new failed") }
    self.ssl = ssl
    SSL_set_fd(ssl, descriptor)
    guard SSL_accept(ssl) == 1 else { throw BenchmarkFailure("the TLS handshake failed") }
  }

  deinit {
    SSL_shutdown(ssl)
    SSL_free(ssl)
    close(descriptor)
  }

  func write(_ bytes: [UInt8]) throws {
    guard SSL_write(ssl, bytes, Int32(bytes.count)) == bytes.count else { throw BenchmarkFailure("SSL_write failed") }
  }

  /// Reads once, whatever comes.
  func read() throws {
    let count = SSL_read(ssl, &buffer, Int32(Self.bufferBytes))
    guard count > 0 else { throw BenchmarkFailure("the client went away") }
    received += buffer[..<Int(count)]
  }

  func read(until isComplete: ([UInt8]) -> Int?) throws -> [UInt8] {
    while true {
      if let length = isComplete(received) {
        defer { received.removeFirst(length) }
        return Array(received[..<length])
      }
      try read()
    }
  }
}

extension LoopbackPeer {
  /// A request with its body.
  func readRequest() throws -> [UInt8] {
    try read { bytes in
      guard let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
      let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).lowercased()
      guard let name = lines.firstRange(of: "content-length: ") else { return head.upperBound }
      let body = Int(lines[name.upperBound...].prefix { $0.isNumber }) ?? 0
      return bytes.count >= head.upperBound + body ? head.upperBound + body : nil
    }
  }

  // MARK: - WebSocket

  func upgrade() throws {
    let request = String(decoding: try readRequest(), as: UTF8.self)
    guard let name = request.firstRange(of: "Sec-WebSocket-Key: ") else {
      throw BenchmarkFailure("no WebSocket request")
    }
    let key = String(request[name.upperBound...].prefix { $0 != "\r" && $0 != "\r\n" })
    let input = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    var digest = [UInt8](repeating: 0, count: 20)
    var count: UInt32 = 0
    EVP_Digest(input, input.count, &digest, &count, EVP_sha1(), nil)
    var encoded = [UInt8](repeating: 0, count: 29)
    EVP_EncodeBlock(&encoded, digest, 20)
    let answer = String(decoding: encoded.prefix { $0 != 0 }, as: UTF8.self)
    try write(
      Array(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(answer)\r\n\r\n"
          .utf8))
  }

  /// A text frame as a server sends it.
  static func frame(_ text: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x81]
    if text.count < 126 {
      bytes.append(UInt8(text.count))
    } else {
      bytes += [126, UInt8(text.count >> 8), UInt8(text.count & 255)]
    }
    return bytes + text
  }

  /// The next frame's bytes, masked as they came.
  func readFrame() throws -> [UInt8] {
    try read { bytes in
      guard bytes.count >= 6 else { return nil }
      var length = Int(bytes[1] & 127)
      var head = 6
      if length == 126 {
        guard bytes.count >= 8 else { return nil }
        length = Int(bytes[2]) << 8 | Int(bytes[3])
        head = 8
      }
      return bytes.count >= head + length ? head + length : nil
    }
  }
}
