import Glibc
import Logging
import Testing

@testable import Telemetry

@Suite struct LogOutputTests {
  static let time: Int64 = 1_795_255_580_123_456  // 2026-11-21T10:06:20.123Z

  private func lines(
    _ format: LogOutput.Format, level: Logger.Level = .info, _ body: (Logger) -> Void
  ) -> [Substring] {
    let pipe = LogPipe()
    let output = LogOutput(
      format: format, level: level, descriptor: pipe.writeEnd, nowMicroseconds: { Self.time })
    body(output.logger(label: "guardian"))
    output.close()
    return pipe.contents().split(separator: "\n", omittingEmptySubsequences: true)
  }

  @Test func `a JSON line has the time, level, logger, constant message and sorted fields`() {
    let lines = lines(.json) { logger in
      logger.notice("Legs placed", metadata: ["symbol": "BTCUSDT", "count": "2", "attempt": .stringConvertible(3)])
    }
    #expect(
      lines == [
        #"{"time":"2026-11-21T10:06:20.123Z","level":"notice","logger":"guardian","message":"Legs placed","attempt":3,"count":"2","symbol":"BTCUSDT"}"#
      ])
  }

  @Test func `text is one readable line without colour when it is not a terminal`() {
    let lines = lines(.text(for: -1)) { logger in
      logger.warning("Stream lost", metadata: ["reason": "no proof for 10 s", "epoch": "4"])
    }
    #expect(
      lines == [
        #"2026-11-21T10:06:20.123Z WARNING  guardian: Stream lost  epoch=4  reason="no proof for 10 s""#
      ])
  }

  @Test func `colour is wrapped around the level and never leaks into the message`() {
    let lines = lines(.text(colour: true)) { $0.error("Refused") }
    #expect(lines == ["2026-11-21T10:06:20.123Z \u{1b}[31mERROR\u{1b}[0m    guardian: Refused"])
  }

  @Test(arguments: [LogOutput.Format.json, .text(colour: false)])
  func `hostile ids cannot clear a screen, forge a line or hide text`(format: LogOutput.Format) {
    let hostile = "x\u{1b}[2J\nFORGED \u{9b}31m\u{202e}abc\u{7f}\r\0"
    let lines = lines(format) { logger in
      logger.info("Order seen", metadata: ["client_order_id": .string(hostile), "nested": .array([.string(hostile)])])
      logger.info("\(hostile)")
    }
    #expect(lines.count == 2)
    for line in lines {
      let harmful = line.unicodeScalars.filter {
        $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0 == "\u{202e}"
      }
      #expect(harmful.isEmpty)
      #expect(line.contains("FORGED"))
    }
  }

  @Test(arguments: [LogOutput.Format.json, .text(colour: false)])
  func `secrets are blotted out by field name and inside texts`(format: LogOutput.Format) {
    let canary = "CANARY0123"
    let lines = lines(format) { logger in
      logger.info(
        "signature=\(canary)&timestamp=1",
        metadata: [
          "api_secret": "\(canary)", "X-MBX-APIKEY": "\(canary)", "apiKey": "\(canary)", "listen-key": "\(canary)",
          "authorization": "Bearer \(canary)", "nested": .dictionary(["password": "\(canary)"]),
          "url": "https://venue/api?symbol=A&SIGNATURE=\(canary)&x=1", "list": .array(["token=\(canary) ok"]),
          "database": "postgres://bot:\(canary)@db:5432/x connect failed", "kept": "symbol=BTCUSDT",
        ])
    }
    #expect(lines.count == 1)
    #expect(!lines[0].contains(canary))
    #expect(lines[0].contains("timestamp=1"))
    #expect(lines[0].contains("symbol=BTCUSDT"))
    #expect(lines[0].contains("postgres://bot:[redacted]@db:5432/x"))
  }

  @Test func `where a secret is kept is no secret`() {
    let lines = lines(.json) { $0.info("Listening", metadata: ["token_file": "/state/control.token"]) }
    #expect(lines[0].contains("/state/control.token"))
  }

  @Test func `a field cannot pretend to be the line's own time or level`() {
    let lines = lines(.json) { $0.info("Seen", metadata: ["level": "critical", "time": "never"]) }
    #expect(lines[0].contains(#""level":"info""#))
    #expect(lines[0].contains(#""level_":"critical","time_":"never""#))
  }

  @Test func `a field of a megabyte is cut to 4 kB`() {
    let lines = lines(.json) { $0.info("Body", metadata: ["body": .string(String(repeating: "x", count: 1 << 20))]) }
    #expect(lines[0].utf8.count < 5000)
  }

  @Test func `lines below the level are not written`() {
    let lines = lines(.json, level: .warning) { logger in
      logger.info("Quiet")
      logger.error("Loud")
    }
    #expect(lines.count == 1)
    #expect(lines[0].contains("Loud"))
  }

  @Test func `a thrown error becomes a field`() {
    struct Broken: Error, CustomStringConvertible { let description = "connection refused, password=hunter2" }
    let lines = lines(.json) { logger in logger.error("Database lost", error: Broken()) }
    #expect(lines[0].contains(#""error":"connection refused, password=[redacted]""#))
  }

  @Test func `a stalled reader costs lines and their count is told, never the caller's time`() throws {
    let pipe = LogPipe()
    let filler = pipe.fill()
    let queue = LogQueue(
      format: .json, descriptor: pipe.writeEnd, capacity: 4, reserve: 2, nowMicroseconds: { Self.time })
    func record(_ level: Logger.Level, _ message: String) -> LogRecord {
      LogRecord(microseconds: Self.time, level: level, label: "test", message: message, fields: [:])
    }
    for number in 0..<20 { queue.append(record(.info, "info \(number)")) }
    // The writer may have taken one batch of at most 2 before it stalled.
    #expect(queue.droppedCount >= 16)
    let before = queue.droppedCount
    queue.append(record(.critical, "naked position"))
    queue.append(record(.info, "flood"))
    #expect(queue.droppedCount == before + 1, "the reserve is for warnings and worse")

    var bytes: [UInt8] = []
    while bytes.count < filler { bytes += try #require(pipe.next()) }
    queue.flush()
    queue.append(record(.info, "after"))
    queue.close()
    let text = String(decoding: bytes[filler...], as: UTF8.self) + pipe.contents()
    #expect(text.contains("naked position"))
    #expect(text.contains("Log lines were dropped"))
    #expect(text.contains("after"))
  }

  @Test func `a reader that is gone does not stop the program`() {
    let pipe = LogPipe()
    close(pipe.readEnd)
    let output = LogOutput(format: .json, descriptor: pipe.writeEnd, nowMicroseconds: { Self.time })
    output.logger(label: "x").info("Nobody reads this")
    output.close()
    output.close()
    output.logger(label: "x").info("Nor this")
    close(pipe.writeEnd)
    #expect(output.droppedCount == 1)
  }
}
