import ArgumentParser
import EventLoop
import StreamClient
import WebSocket

struct EchoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ws-echo",
    abstract: "Be the WebSocket client under test of the Autobahn suite: echo every message of every case.",
    discussion: """
      EXAMPLES:
        backstop ws-echo --url ws://127.0.0.1:9001 --agent backstop
        backstop ws-echo --url wss://127.0.0.1:9002 --agent backstop --ca cert.pem
      """)

  @Option(help: "The suite's address, ws:// (this machine only) or wss://.")
  var url: String

  @Option(help: "The name in the suite's report.")
  var agent: String

  @Option(help: "PEM file with the authority to trust instead of the system's.")
  var ca: String?

  func run() async throws {
    try await reportingFailures {
      let base: WebSocketURL
      do { base = try WebSocketURL(url) } catch {
        throw CommandFailure(.usage, "--url \(url) cannot be used: \(error)")
      }
      let loop = try LoopThread(name: "echo")
      try loop.start()
      let resolver = try Resolver()
      defer {
        resolver.stop()
        loop.stop()
        loop.join()
      }
      do {
        let tls = base.scheme == .wss ? try TLSContext(trust: ca.map { .file($0) } ?? .system) : nil
        let client = EchoClient(loop: loop, resolver: resolver, base: base, agent: agent, tls: tls)
        let count = try await client.run { number, count in
          if Terminal.isInteractive { Terminal.line("case \(number) of \(count)") }
        }
        Terminal.line("\(count) cases run")
      } catch let error as StreamError {
        throw CommandFailure(.unavailable, "\(url): \(error)")
      }
    }
  }
}
