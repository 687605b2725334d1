public import EventLoop
import Glibc

/// Turns names into addresses without blocking a loop: `getaddrinfo` blocks for seconds when a name server is away,
/// so it runs on a thread of its own. Thread-safe; one per process is enough.
public final class Resolver: Sendable {
  /// Look-ups that may wait. Each stream has at most two connections in the making.
  public static let queueCapacity = 256

  private let worker: WorkerThread

  public init() throws(EventLoopError) {
    worker = try WorkerThread(name: "resolver", capacity: Self.queueCapacity)
  }

  /// Ends the thread after the look-up that runs now.
  public func stop() {
    worker.stop(discardingQueue: true)
  }

  /// Waits for the thread's end, after `stop`; a look-up that runs may take the system's time-out.
  public func join() {
    worker.join()
  }

  /// Calls `completion` on `loop` with the addresses in the order in which to try them: the system's order (RFC
  /// 6724), the two families in turn (RFC 8305 §4), so that one broken family costs one attempt. Address literals
  /// never leave this thread.
  func resolve(
    host: String, port: UInt16, on loop: LoopThread,
    completion: @escaping @Sendable (Result<[ResolvedAddress], StreamError>) -> Void
  ) {
    if let literal = try? Self.lookUp(host: host, port: port, flags: AI_NUMERICHOST), !literal.isEmpty {
      loop.enqueue { completion(.success(literal)) }
      return
    }
    let isQueued = worker.submit {
      let result = Result { () throws(StreamError) in try Self.lookUp(host: host, port: port, flags: AI_ADDRCONFIG) }
      loop.enqueue { completion(result) }
    }
    if !isQueued {
      loop.enqueue { completion(.failure(.dns(host: host, reason: "too many look-ups are waiting"))) }
    }
  }

  private static func lookUp(host: String, port: UInt16, flags: Int32) throws(StreamError) -> [ResolvedAddress] {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = flags | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(host, String(port), &hints, &list)
    guard result == 0 else {
      throw .dns(host: host, reason: String(cString: gai_strerror(result)))
    }
    defer { freeaddrinfo(list) }
    var addresses: [ResolvedAddress] = []
    var next = list
    while let entry = next {
      if let address = ResolvedAddress(entry.pointee) { addresses.append(address) }
      next = entry.pointee.ai_next
    }
    guard !addresses.isEmpty else { throw .dns(host: host, reason: "the name has no address") }
    return interleaved(addresses)
  }

  /// First family as the system ordered it, then the other, in turn.
  static func interleaved(_ addresses: [ResolvedAddress]) -> [ResolvedAddress] {
    guard let first = addresses.first else { return [] }
    let preferred = addresses.filter { $0.family == first.family }
    let others = addresses.filter { $0.family != first.family }
    var result: [ResolvedAddress] = []
    for index in 0..<max(preferred.count, others.count) {
      if index < preferred.count { result.append(preferred[index]) }
      if index < others.count { result.append(others[index]) }
    }
    return result
  }
}
