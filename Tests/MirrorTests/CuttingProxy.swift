import EventLoop
import Glibc
import TestSupport

/// A unix-socket proxy in front of a PostgreSQL server that cuts its first connections after a number of bytes in one
/// direction: somewhere inside the handshake, a batch, or the answer to a COMMIT (fault DB03).
final class CuttingProxy: Sendable {
  struct Cut: Sendable {
    var bytes: Int
    var isTowardClient: Bool
  }

  let directory: String
  private let listener: Int32
  private let worker: WorkerThread

  /// - Parameter cuts: one per connection, in order; later connections are left alone.
  init(target: String, cuts: [Cut]) throws {
    directory = try temporaryDirectory()
    let descriptor = try Self.listen(directory + "/.s.PGSQL.5432")
    listener = descriptor
    worker = try WorkerThread(name: "proxy", capacity: 1)
    _ = worker.submit {
      var rest = cuts[...]
      // One connection at a time: the writer has one.
      while case let client = accept(descriptor, nil, nil), client >= 0 {
        if let server = Self.connect(target) {
          Self.forward(client, server, rest.popFirst())
          close(server)
        }
        close(client)
      }
    }
    worker.stop()
  }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    worker.join()
    close(listener)
    unlink(directory + "/.s.PGSQL.5432")
    rmdir(directory)
  }

  private static func forward(_ client: Int32, _ server: Int32, _ cut: Cut?) {
    var left = cut?.bytes ?? .max
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      var ready = [
        pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&ready, 2, -1) > 0 else { return }
      for (from, to, isTowardClient) in [(0, server, false), (1, client, true)] where ready[from].revents != 0 {
        let count = read(ready[from].fd, &buffer, buffer.count)
        guard count > 0 else { return }
        let isCounted = cut.map { $0.isTowardClient == isTowardClient } ?? false
        let allowed = isCounted ? min(count, left) : count
        guard send(to, buffer, allowed, Int32(MSG_NOSIGNAL)) == allowed else { return }
        if isCounted { left -= allowed }
        if left == 0 { return }
      }
    }
  }

  private static func address<Result>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result
  {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }

  private static func stream() -> Int32 { socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) }

  private static func listen(_ path: String) throws -> Int32 {
    struct CannotListen: Error {}
    let descriptor = stream()
    guard address(path, { bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, 8) == 0 else {
      throw CannotListen()
    }
    return descriptor
  }

  private static func connect(_ path: String) -> Int32? {
    let descriptor = stream()
    guard address(path, { Glibc.connect(descriptor, $0, $1) }) == 0 else {
      close(descriptor)
      return nil
    }
    return descriptor
  }
}
