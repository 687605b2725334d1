import Signing
import Settings
import ControlAPI
import Guardian
import Logging

/// The control API over a running guardian.
struct ControlInterface {
  let port: Int
  private let task: Task<Void, any Error>

  /// Returns once it listens.
  static func start(_ runtime: GuardianRuntime, log: Logger) async throws -> ControlInterface {
    let control = runtime.configuration.control
    let server: ControlServer
    do {
      let token = try BearerToken(try ControlToken.load(control.tokenFile).revealedText())
      server = try ControlServer(
        configuration: ControlServerConfiguration(
          host: control.host, port: control.port, token: token, version: Version.text),
        surface: GuardianSurface(runtime), registry: runtime.registry, logger: log)
    } catch let error as ControlServerError {
      throw CommandFailure(.configuration, "\(error)")
    }
    let (listening, announce) = AsyncThrowingStream<Int, any Error>.makeStream()
    let task = Task {
      do {
        try await server.run { port in announce.yield(port) }
        announce.finish()
      } catch {
        announce.finish(throwing: error)
        throw error
      }
    }
    do {
      for try await port in listening {
        log.notice(
          "control API listens", metadata: ["address": "\(control.host):\(port)", "token_file": "\(control.tokenFile)"])
        return ControlInterface(port: port, task: task)
      }
    } catch let error as ControlServerError {
      throw CommandFailure(.unavailable, "\(error)")
    }
    throw CommandFailure(.software, "the control API ended before it listened")
  }

  func stop() async {
    task.cancel()
    _ = await task.result
  }
}
