import EventLoop
import Glibc
import Logging
import Telemetry
import Testing

@testable import ControlAPI

@Suite struct ControlServerTests {
  private static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

  /// Sends `requests` over one real connection each, and returns the answers as text.
  private func answers(_ requests: [@Sendable (Int) -> String]) async throws -> [String] {
    let server = try ControlServer(
      configuration: ControlServerConfiguration(port: 0, token: BearerToken(ControlDesk.token), version: "0.1.0"),
      surface: FakeSurface(), registry: MetricsRegistry(), logger: Self.quiet)
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run { continuation.yield($0) } }
      var iterator = ports.makeAsyncIterator()
      let port = try #require(await iterator.next())
      let worker = try WorkerThread(name: "test-client", capacity: 1)
      defer { worker.stop() }
      let answers = try await worker.run { requests.map { Self.exchange(port, $0(port)) } }
      group.cancelAll()
      return answers
    }
  }

  private static func exchange(_ port: Int, _ text: String) -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else { return "" }
    let bytes = Array(text.utf8)
    _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { return String(decoding: received, as: UTF8.self) }
      received += chunk[..<count]
    }
  }

  @Test func `over a real socket: status, page, metrics, an order, and the checks in front`() async throws {
    let body = #"{"symbol":"A","side":"buy","type":"market","quantity":"1","client_order_id":"b"}"#
    let close = "Connection: close\r\n"
    let answers = try await answers([
      { "GET /v1/status?x=1 HTTP/1.1\r\nHost: 127.0.0.1:\($0)\r\n\(close)\r\n" },
      { "GET / HTTP/1.1\r\nHost: localhost:\($0)\r\n\(close)\r\n" },
      { "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:\($0)\r\n\(close)\r\n" },
      { port in
        "POST /v1/orders HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(close)Authorization: Bearer \(ControlDesk.token)\r\n"
          + "Content-Type: application/json; charset=utf-8\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
      },
      { _ in "GET /v1/status HTTP/1.1\r\nHost: evil.example\r\n\(close)\r\n" },
      { "GET /v1/plan HTTP/1.1\r\nHost: 127.0.0.1:\($0)\r\n\(close)Authorization: Bearer no\r\n\r\n" },
    ])
    #expect(answers[0].hasPrefix("HTTP/1.1 200 OK\r\n") && answers[0].contains("\"version\":\"0.1.0\""))
    #expect(answers[1].lowercased().contains("content-security-policy: default-src 'none'"))
    #expect(answers[1].contains("<title>Backstop</title>"))
    #expect(answers[2].contains("# TYPE oco_coverage_rate gauge"))
    #expect(answers[3].hasPrefix("HTTP/1.1 200 OK\r\n") && answers[3].contains("\"state\":\"covered\""))
    #expect(answers[4].hasPrefix("HTTP/1.1 403 "))
    #expect(answers[5].hasPrefix("HTTP/1.1 401 ") && answers[5].lowercased().contains("www-authenticate: bearer"))
  }

  @Test func `a body that is too large ends the connection with 413`() async throws {
    let size = ControlResponder.bodyBytesMax + 1
    let answers = try await answers([
      { port in
        "POST /v1/orders HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAuthorization: Bearer \(ControlDesk.token)\r\n"
          + "Content-Type: application/json\r\nContent-Length: \(size)\r\nConnection: close\r\n\r\n"
          + String(repeating: " ", count: size)
      }
    ])
    #expect(answers[0].hasPrefix("HTTP/1.1 413 "))
  }

  @Test func `a port that is taken is a clear error`() async throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        _ = bind(descriptor, raw, length)
        _ = listen(descriptor, 1)
        _ = getsockname(descriptor, raw, &length)
      }
    }
    let port = Int(UInt16(bigEndian: address.sin_port))
    let server = try ControlServer(
      configuration: ControlServerConfiguration(port: port), surface: FakeSurface(), registry: MetricsRegistry(),
      logger: Self.quiet)
    await #expect { try await server.run() } throws: { error in
      "\(error)".contains("cannot listen on 127.0.0.1 port \(port)")
    }
  }
}
