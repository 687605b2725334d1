public import EventLoop
public import WebSocket

/// The client under test of the Autobahn suite: asks how many cases there are, echoes every message of each, and has
/// the report written. What it exercises is the production session and protocol core, with the limits the suite
/// needs.
public struct EchoClient: Sendable {
  /// Cases 9.1.6 and 9.2.6 send 16 MiB in one message, 9.3 and 9.4 send 65,536 fragments; the echo of the largest
  /// must fit into the output.
  public static let limits = ConnectionLimits(
    maximumFrameBytes: 16 << 20, maximumMessageBytes: 16 << 20, maximumFragmentsPerMessage: 1 << 17,
    maximumPendingOutputBytes: 33 << 20)

  private let loop: LoopThread
  private let resolver: Resolver
  private let base: WebSocketURL
  private let agent: String
  private let tls: TLSContext?

  /// - Parameters:
  ///   - base: the suite's address; its path and query are not used.
  ///   - agent: the name in the report.
  public init(loop: LoopThread, resolver: Resolver, base: WebSocketURL, agent: String, tls: TLSContext?) {
    self.loop = loop
    self.resolver = resolver
    self.base = base
    self.agent = agent
    self.tls = tls
  }

  /// How many cases the server offers.
  public func caseCount() async throws(StreamError) -> Int {
    let conversation = try await converse("/getCaseCount", echoes: false)
    guard let text = conversation.firstMessage, let count = Int(String(decoding: text, as: UTF8.self)) else {
      throw conversation.end
    }
    return count
  }

  /// Runs one case to its end. That the server breaks the protocol is part of many cases and no error here.
  public func runCase(_ number: Int) async throws(StreamError) {
    _ = try await converse("/runCase?case=\(number)&agent=\(Self.percentEncoded(agent))", echoes: true)
  }

  /// Has the server write its report. With `shutdown` it ends afterwards.
  public func updateReports(shutdown: Bool = false) async throws(StreamError) {
    let suffix = shutdown ? "&shutdownOnComplete=true" : ""
    _ = try await converse("/updateReports?agent=\(Self.percentEncoded(agent))\(suffix)", echoes: false)
  }

  /// The whole suite. `progress` gets the number of the case that begins, and their count.
  ///
  /// - Returns: how many cases ran.
  public func run(
    shutdown: Bool = false, progress: @Sendable (_ number: Int, _ count: Int) -> Void = { _, _ in }
  ) async throws(StreamError) -> Int {
    let count = try await caseCount()
    for number in 1...max(1, count) where number <= count {
      progress(number, count)
      try await runCase(number)
    }
    try await updateReports(shutdown: shutdown)
    return count
  }

  // MARK: inside

  private struct Conversation: Sendable {
    var didOpen = false
    var firstMessage: [UInt8]?
    var end = StreamError.stopped
  }

  /// One connection from its opening to its end.
  ///
  /// - Throws: when it never opened.
  private func converse(_ target: String, echoes: Bool) async throws(StreamError) -> Conversation {
    let request: OpeningRequest
    do {
      let url = try WebSocketURL(scheme: base.scheme, host: base.host, port: base.port, target: target)
      request = try OpeningRequest(url: url)
    } catch {
      throw .insecure(host: base.host)
    }
    let conversation: Conversation = await withCheckedContinuation { continuation in
      let isQueued = loop.enqueue {
        let driver = EchoDriver(echoes: echoes) { continuation.resume(returning: $0) }
        var entropy = Entropy.system
        let session = WebSocketSession(
          loop: loop, resolver: resolver, request: request, tls: tls, limits: Self.limits, entropy: &entropy
        ) { driver.receive($0) }
        driver.session = session
        session.start()
      }
      if !isQueued { continuation.resume(returning: Conversation()) }
    }
    guard conversation.didOpen else { throw conversation.end }
    return conversation
  }

  /// The loop-confined end of one conversation.
  private final class EchoDriver {
    var session: WebSocketSession?
    private var conversation = Conversation()
    private let echoes: Bool
    private let onEnd: (Conversation) -> Void

    init(echoes: Bool, onEnd: @escaping (Conversation) -> Void) {
      self.echoes = echoes
      self.onEnd = onEnd
    }

    func receive(_ event: WebSocketSession.Event) {
      switch event {
      case .opened: conversation.didOpen = true
      case .message(let bytes, let isText):
        if conversation.firstMessage == nil && !echoes { conversation.firstMessage = bytes }
        if echoes { echo(bytes, isText: isText) }
      case .ping, .pong: break
      case .closed(let error): conversation.end = error
      case .ended:
        session = nil
        onEnd(conversation)
      }
    }

    private func echo(_ bytes: [UInt8], isText: Bool) {
      do throws(SendRefusal) {
        if isText { try session?.send(text: bytes) } else { try session?.send(binary: bytes) }
      } catch {
        session?.cancel()
      }
    }
  }

  /// RFC 3986 unreserved characters stay.
  private static func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
