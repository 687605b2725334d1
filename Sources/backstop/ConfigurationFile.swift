import ArgumentParser
import Settings
import Glibc

/// `--config`, shared by the commands that need it.
struct ConfigurationFile: ParsableArguments {
  @Option(name: [.customShort("c"), .customLong("config")], help: "The configuration file.")
  var path = "backstop.yml"

  /// - Throws: `CommandFailure` with every problem of the file at once.
  func load() throws -> BackstopConfiguration {
    let absolute = path.hasPrefix("/") ? path : Self.workingDirectory + "/" + path
    guard let file = fopen(absolute, "re") else {
      throw CommandFailure(
        .noInput,
        "cannot read \(path): \(String(cString: strerror(errno))); "
          + "give its path with --config, or start from ops/backstop.example.yml"
      )
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: BackstopConfiguration.bytesMax + 1)
    let count = bytes.withUnsafeMutableBytes { fread($0.baseAddress, 1, $0.count, file) }
    guard ferror(file) == 0 else {
      throw CommandFailure(.noInput, "cannot read \(path): \(String(cString: strerror(errno)))")
    }
    let directory = absolute.lastIndex(of: "/").map { String(absolute[..<$0]) } ?? ""
    do {
      return try BackstopConfiguration.parse(String(decoding: bytes[..<count], as: UTF8.self), directory: directory)
    } catch {
      let list = error.problems.map { "  \(path): \($0)" }.joined(separator: "\n")
      let count = error.problems.count
      throw CommandFailure(
        .configuration, "the configuration has \(count) problem\(count == 1 ? "" : "s"); nothing was started\n\(list)")
    }
  }

  static var workingDirectory: String {
    guard let buffer = getcwd(nil, 0) else { return "." }
    defer { free(buffer) }
    return String(cString: buffer)
  }
}
