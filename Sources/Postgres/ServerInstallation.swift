import Glibc

/// Where PostgreSQL's server programs are. Debian keeps them out of PATH, one folder per major version.
struct ServerInstallation {
  static let debianRoot = "/usr/lib/postgresql"

  let binDirectory: String
  /// Major version, e.g. `15`.
  let version: String

  /// - Parameter needed: the major version an existing data folder asks for; nil takes the newest.
  static func find(version needed: String?, path: String) throws(EmbeddedServerError) -> ServerInstallation {
    let candidates = debian() + onPath(path)
    guard let newest = candidates.first else { throw .notInstalled }
    guard let needed else { return newest }
    guard let match = candidates.first(where: { $0.version == needed }) else {
      throw .versionMissing(needed: needed, found: newest.version)
    }
    return match
  }

  func program(_ name: String) -> String { binDirectory + "/" + name }

  private static func debian() -> [ServerInstallation] {
    let versions = Files.entries(of: debianRoot).compactMap { Int($0) }.sorted(by: >)
    return versions.map { ServerInstallation(binDirectory: "\(debianRoot)/\($0)/bin", version: String($0)) }
      .filter { access($0.program("initdb"), X_OK) == 0 && access($0.program("postgres"), X_OK) == 0 }
  }

  private static func onPath(_ path: String) -> [ServerInstallation] {
    path.split(separator: ":").compactMap { directory in
      let bin = String(directory)
      guard access(bin + "/initdb", X_OK) == 0, access(bin + "/pg_ctl", X_OK) == 0,
        let answer = try? ChildProcess.run([bin + "/initdb", "--version"], environment: ["LC_ALL=C"]),
        // initdb (PostgreSQL) 15.20 (Debian …)
        let number = answer.output.split(separator: " ").first(where: { $0.first?.isNumber ?? false }),
        let major = number.split(separator: ".").first
      else { return nil }
      return ServerInstallation(binDirectory: bin, version: String(major))
    }
  }
}
