import Glibc

/// Bytes over a connected socket, plain or under TLS.
enum ByteChannel {
  case plain(Int32)
  case tls(TLSSession)

  func read(into buffer: UnsafeMutableRawBufferPointer) -> ChannelResult {
    switch self {
    case .tls(let session): return session.read(into: buffer)
    case .plain(let descriptor):
      while true {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .done(count) }
        if count == 0 { return .ended }
        let error = errno
        if error == EINTR { continue }
        return error == EAGAIN ? .wantsRead : .failed(.ended(errno: error))
      }
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> ChannelResult {
    switch self {
    case .tls(let session): return session.write(bytes)
    case .plain(let descriptor):
      while true {
        let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if count >= 0 { return .done(count) }
        let error = errno
        if error == EINTR { continue }
        return error == EAGAIN ? .wantsWrite : .failed(.ended(errno: error))
      }
    }
  }

  /// Whether a read that gave `count` bytes of `capacity` left nothing that only this side knows of. If the kernel has
  /// more, the level-triggered loop says so; asking again would cost a system call per event.
  func isDrained(afterReading count: Int, of capacity: Int) -> Bool {
    switch self {
    case .plain: count < capacity
    case .tls(let session): !session.hasPending
    }
  }

  func finish() {
    if case .tls(let session) = self { session.finish() }
  }
}
