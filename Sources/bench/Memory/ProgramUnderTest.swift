import Foundation

/// The release build of `backstop` that stands beside this program.
struct ProgramUnderTest {
  private let path: String

  init() throws {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    path = own.deletingLastPathComponent().appendingPathComponent("backstop").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw BenchmarkFailure("no backstop beside this program: run `make build-release` first")
    }
  }

  func startVenue() throws -> PaperVenueProcess {
    let folder = try TemporaryFolder()
    let child = try ChildProgram(path, ["venue", "--dir", folder.path], log: folder.path + "/venue.log")
    try child.wait(for: "Stop it")
    return PaperVenueProcess(folder: folder, child: child)
  }

  func startGuardian(on venue: PaperVenueProcess, accounts: Int) throws -> ChildProgram {
    let configuration = try venue.writeConfiguration(accounts: accounts)
    return try ChildProgram(path, ["run", "--config", configuration], log: configuration + ".log")
  }
}

/// A paper venue in its folder, with the configurations that are written for it.
final class PaperVenueProcess {
  private let folder: TemporaryFolder
  private let child: ChildProgram
  private var configurations = 0

  init(folder: TemporaryFolder, child: ChildProgram) {
    self.folder = folder
    self.child = child
  }

  func stop() { child.stop() }

  /// The venue's own configuration with this many accounts in place of its one, in a state folder of its own.
  func writeConfiguration(accounts: Int) throws -> String {
    configurations += 1
    let text = try String(contentsOfFile: folder.path + "/backstop.yml", encoding: .utf8)
    guard let end = text.firstRange(of: "accounts:\n") else {
      throw BenchmarkFailure("the venue wrote no configuration")
    }
    var result = text[..<end.upperBound].replacing("state_dir: state", with: "state_dir: state\(configurations)")
    for number in 1...accounts {
      result += """
          - name: account\(number)
            key:
              kind: ed25519
              api_key_file: api.key
              secret_file: ed25519.pem

        """
    }
    result += "control:\n  listen: 127.0.0.1:0\n"
    let path = folder.path + "/backstop\(configurations).yml"
    try result.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }
}
