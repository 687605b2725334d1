import Foundation
import TestSupport

@testable import backstop

/// The program run as a person runs it: arguments in, exit code and words out.
struct CommandRun: Sendable {
  var status: Int32
  var output: String
  var errors: String

  static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> CommandRun {
    let executable = TestStage.executable
    return try await offPool {
      let process = Process()
      // A program that should refuse and runs instead must not hang the tests: it ends with 124.
      process.executableURL = URL(filePath: "/usr/bin/timeout")
      process.arguments = ["-k", "5", "60", executable] + arguments
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      let output = Pipe()
      let errors = Pipe()
      process.standardOutput = output
      process.standardError = errors
      try process.run()
      // Both are short; the pipe holds them until the end.
      process.waitUntilExit()
      return CommandRun(
        status: process.terminationStatus, output: text(of: output), errors: text(of: errors))
    }
  }

  private static func text(of pipe: Pipe) -> String {
    String(decoding: (try? pipe.fileHandleForReading.readToEnd()) ?? Data(), as: UTF8.self)
  }
}
