import Testing

@testable import WebSocket

/// Properties over whole byte streams: how TCP cuts them must not matter, and no bytes may trap.
@Suite struct StreamPropertyTests {
  /// Everything that an observer can see: events, output, state.
  private struct Outcome: Equatable {
    var events: [ClientConnection.Event] = []
    var output: [UInt8] = []
    var state = ClientConnection.State.connecting
  }

  private static let limits = ConnectionLimits(
    maximumFrameBytes: 70_000, maximumMessageBytes: 100_000, maximumFragmentsPerMessage: 50)

  private func outcome(of stream: [UInt8], cuts: [Int]) throws -> Outcome {
    var connection = try Wire.connecting(limits: Self.limits)
    var outcome = Outcome()
    var start = 0
    for end in cuts + [stream.count] {
      outcome.events += connection.receiveAll(Array(stream[start..<end]))
      outcome.output += connection.takeOutput()
      start = end
    }
    outcome.events += connection.receiveEOF()
    outcome.output += connection.takeOutput()
    outcome.state = connection.state
    return outcome
  }

  /// A stream of mostly legal traffic with now and then something wrong in it.
  private func stream(using random: inout SeededWords) -> [UInt8] {
    var stream = Wire.response
    let lengths = [0, 1, 5, 125, 126, 127, 300, 65_535, 65_536]
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let count = Int.random(in: 0..<8, using: &random) == 0 ? lengths.randomElement(using: &random) ?? 0 : 9
      let text = (0..<count).map { UInt8(0x61 + $0 % 26) }
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<6: stream += Wire.frame(0x81, text)
      case 6..<9: stream += Wire.frame(0x82, text.map { $0 | 0x80 })
      case 9..<12:
        stream += Wire.frame(0x01, "这") + Wire.frame(0x89, "p") + Wire.frame(0x00, text) + Wire.frame(0x80, "é")
      case 12..<14: stream += Wire.frame(0x89, Array(text.prefix(125)))
      case 14..<16: stream += Wire.frame(0x8a, Array(text.prefix(125)))
      case 16: stream += Wire.frame(0x88, [0x03, 0xe8] + text.prefix(100))
      case 17: stream += Wire.frame(0x81, text + [0xff])
      case 18: stream += [UInt8.random(in: 0...255, using: &random), UInt8.random(in: 0...255, using: &random)]
      default: stream += Wire.frame(0x01, text)
      }
    }
    return stream
  }

  @Test(arguments: UInt64(0)..<60)
  func `any split of a stream gives the same events, output and state`(seed: UInt64) throws {
    var random = SeededWords(seed: seed)
    let stream = stream(using: &random)
    let whole = try outcome(of: stream, cuts: [])
    for _ in 0..<6 {
      let cuts = (0..<Int.random(in: 1...20, using: &random)).map { _ in
        Int.random(in: 0...stream.count, using: &random)
      }
      #expect(try outcome(of: stream, cuts: cuts.sorted()) == whole)
    }
    if stream.count < 3000 {
      #expect(try outcome(of: stream, cuts: Array(1..<stream.count)) == whole)
    }
  }

  @Test func `every prefix of a stream is safe and ends in one final event at most`() throws {
    var random = SeededWords(seed: 7)
    let stream =
      Wire.response + Wire.frame(0x01, "a这") + Wire.frame(0x89, "p")
      + Wire.frame(0x80, [UInt8](repeating: 0x62, count: 200))
      + Wire.frame(0x82, [1, 2, 3]) + Wire.frame(0x88, [0x03, 0xe8, 0x21])
    for count in 0...stream.count {
      let events = try outcome(of: Array(stream.prefix(count)), cuts: [Int.random(in: 0...count, using: &random)])
        .events
      let ends = events.filter(\.isFinal)
      #expect(ends.count == 1)
      #expect(events.last?.isFinal == true)
    }
  }

  @Test(arguments: UInt64(0)..<40)
  func `random bytes after the handshake never trap and never outgrow the limits`(seed: UInt64) throws {
    var random = SeededWords(seed: seed ^ 0xdead_beef)
    for _ in 0..<100 {
      let noise = (0..<Int.random(in: 1...300, using: &random)).map { _ in
        // Half of the bytes small: more frames are legal and the walk goes deeper.
        Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random)
          : [0x81, 0x01, 0x80, 0x02, 0x00].randomElement(using: &random) ?? 0
      }
      let whole = try outcome(of: Wire.response + noise, cuts: [])
      let cuts = [Int.random(in: 0...noise.count, using: &random)]
      #expect(try outcome(of: Wire.response + noise, cuts: cuts) == whole)
      #expect(whole.state == .closed)
      #expect(whole.events.filter(\.isFinal).count == 1)
    }
  }

  @Test(arguments: UInt64(0)..<20)
  func `a damaged handshake never traps and gives the same answer at any split`(seed: UInt64) throws {
    var random = SeededWords(seed: seed ^ 0x5eed)
    let answers = [
      Wire.response,
      Array("HTTP/1.1 429 No\r\nRetry-After: 3\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n".utf8),
      Array("HTTP/1.1 503 No\r\nContent-Length: 5\r\n\r\nabcde".utf8),
    ]
    for _ in 0..<60 {
      var answer = answers.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        answer[Int.random(in: 0..<answer.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      let whole = try outcome(of: answer, cuts: [])
      #expect(whole.events.filter(\.isFinal).count == 1)
      #expect(try outcome(of: answer, cuts: Array(1..<answer.count)) == whole)
    }
  }
}

extension ClientConnection.Event {
  /// Whether no event may follow.
  fileprivate var isFinal: Bool {
    switch self {
    case .refused, .failed, .closeReceived: true
    case .opened, .text, .binary, .ping, .pong: false
    }
  }
}
