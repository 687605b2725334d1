import ArgumentParser
import Guardian

/// What the process answers with: the numbers of sysexits.h where they fit, so that scripts and service managers can
/// tell a typing error from a refused key.
enum ExitStatus: Int32, CaseIterable {
  case ok = 0
  /// The demo: a scene did not hold. `migrate --check`: migrations are missing. `plan --check`: something would be
  /// done.
  case failed = 1
  case usage = 64
  case configuration = 65
  case noInput = 66
  case unavailable = 69
  case software = 70
  case cannotCreate = 73
  case refused = 77

  var meaning: String {
    switch self {
    case .ok: "everything asked for was done"
    case .failed: "a demo scene did not hold, or a --check found something to do"
    case .usage: "the command line is wrong"
    case .configuration: "the configuration is wrong; every problem is printed with its line"
    case .noInput: "the configuration file, or another input file, is missing or unreadable"
    case .unavailable: "the venue, the database or the running guardian cannot be reached"
    case .software: "a defect of Backstop, or the operating system refused threads, memory or descriptors"
    case .cannotCreate: "a file or folder cannot be made"
    case .refused: "a key, its rights, or the mixture of environments was refused; nothing was sent"
    }
  }

  var code: ExitCode { ExitCode(rawValue) }

  /// For `--help`.
  static var table: String {
    "EXIT CODES:\n" + allCases.map { "  \($0.rawValue)\t\($0.meaning)" }.joined(separator: "\n")
  }
}

extension StartRefusal.Kind {
  var exitStatus: ExitStatus {
    switch self {
    case .unavailable: .unavailable
    case .key, .environment: .refused
    case .configuration: .configuration
    case .cannotCreate: .cannotCreate
    case .system: .software
    }
  }
}

/// A failure that is reported in one place: a message on standard error and an exit status.
struct CommandFailure: Error {
  var status: ExitStatus
  var message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  init(_ refusal: StartRefusal) {
    self.init(refusal.kind.exitStatus, refusal.description)
  }

  /// Prints the message and becomes the exit code.
  func exit() -> ExitCode {
    Terminal.error("backstop: \(message)")
    return status.code
  }
}

/// Runs a command's body; whatever it throws becomes one clear message and a documented exit code.
func reportingFailures(_ body: () async throws -> Void) async throws {
  do { try await body() } catch let failure as CommandFailure {
    throw failure.exit()
  } catch let refusal as StartRefusal {
    throw CommandFailure(refusal).exit()
  } catch let code as ExitCode {
    throw code
  } catch {
    throw CommandFailure(.software, "\(error)").exit()
  }
}
