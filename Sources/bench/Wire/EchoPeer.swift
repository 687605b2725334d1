import CLinux
import COpenSSL
import EventLoop
import Glibc

/// The least that a program can do: epoll, one TLS read, one TLS write of a fixed answer. On a thread of its own.
final class EchoPeer: @unchecked Sendable {
  // Unchecked because the OpenSSL pointers belong to the thread once it runs; the times are locked.
  private let descriptor: Int32
  private let context: OpaquePointer
  private let ssl: OpaquePointer
  private let times = Locked<[Double]>([])
  private let worker: WorkerThread

  /// Connects; somebody must accept meanwhile, so the handshake is done on the thread.
  init(port: UInt16, answerBytes: Int, requestBytes: Int) throws {
    descriptor = clinux_tcp_socket(AF_INET)
    guard let context = SSL_CTX_new(TLS_client_method()), let ssl = SSL_new(context) else {
      throw BenchmarkFailure("no TLS client context")
    }
    self.context = context
    self.ssl = ssl
    worker = try WorkerThread(name: "echo", capacity: 1)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    let descriptor = descriptor
    _ = clinux_set_nodelay(descriptor)
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    _ = worker.submit { [self] in run(answerBytes: answerBytes, requestBytes: requestBytes) }
  }

  deinit {
    SSL_free(ssl)
    SSL_CTX_free(context)
    close(descriptor)
  }

  /// Ends when the server's end is gone.
  func join() {
    worker.stop()
    worker.join()
  }

  /// Microseconds from readable to written, since the last call.
  func takeTimes() -> [Double] {
    times.withLock { times in
      defer { times = [] }
      return times
    }
  }

  private func run(answerBytes: Int, requestBytes: Int) {
    let epoll = clinux_epoll_create()
    defer { close(epoll) }
    _ = clinux_epoll_add(epoll, descriptor, Readiness.readable.rawValue | Readiness.writable.rawValue, 1)
    SSL_set_fd(ssl, descriptor)
    SSL_set_connect_state(ssl)
    var event = clinux_event()
    while SSL_do_handshake(ssl) != 1 { _ = clinux_epoll_wait(epoll, &event, 1, 1_000_000) }
    _ = clinux_epoll_modify(epoll, descriptor, Readiness.readable.rawValue, 1)
    let answer = [UInt8](repeating: 0x78, count: answerBytes)
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var pending = 0
    while true {
      _ = clinux_epoll_wait(epoll, &event, 1, -1)
      let readable = Stopwatch.nanoseconds
      let count = SSL_read(ssl, &buffer, Int32(buffer.count))
      if count <= 0 {
        if SSL_get_error(ssl, count) == SSL_ERROR_WANT_READ { continue }
        return
      }
      pending += Int(count)
      guard pending >= requestBytes else { continue }
      pending -= requestBytes
      SSL_write(ssl, answer, Int32(answer.count))
      let elapsed = Double(Stopwatch.nanoseconds - readable) / 1000
      times.withLock { $0.append(elapsed) }
    }
  }
}
