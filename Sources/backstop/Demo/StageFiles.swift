import Foundation
import PaperServer
import Signing

/// The folder of one stage and the files in it.
struct StageFiles: Sendable {
  let directory: String
  var venueDirectory: String { directory + "/venue" }
  var stateDirectory: String { directory + "/state" }
  var configuration: String { directory + "/backstop.yml" }
  var guardianLog: String { directory + "/guardian.log" }
  var controlToken: String { stateDirectory + "/control.token" }

  /// A new folder under the system's temporary one; other users may pass through it, because PostgreSQL may run as one
  /// of them.
  static func temporary() throws -> StageFiles {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((base + "/backstop-demo-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil, chmod(template, 0o711) == 0 else {
      throw CommandFailure(.cannotCreate, "cannot make a folder in \(base): \(String(cString: strerror(errno)))")
    }
    let files = StageFiles(
      directory: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    for folder in [files.venueDirectory, files.stateDirectory] {
      guard mkdir(folder, 0o711) == 0 else {
        throw CommandFailure(.cannotCreate, "cannot make \(folder): \(String(cString: strerror(errno)))")
      }
    }
    return files
  }

  /// The guardian's configuration, as a person would write it, and the key files that it names.
  func write(venue: VenueServer, database: String?, controlPort: Int) throws {
    guard let key = venue.credentials.first(where: { $0.label == "guardian" }) else {
      throw CommandFailure(.software, "the paper venue has no key for the guardian")
    }
    try Self.write(key.apiKey + "\n", to: directory + "/api.key")
    try Self.write(key.secret.revealedText(), to: directory + "/secret.pem")
    let databaseLines = database.map { "database:\n  url: \($0)" } ?? "# no database: Backstop runs its own"
    try Self.write(
      """
      environment: paper
      state_dir: state
      venue:
        endpoints:
          rest: https://\(venue.tls.host):\(venue.tls.port)
          websocket_api: wss://\(venue.tls.host):\(venue.tls.port)/ws-api/v3
          ca_file: \(venue.caFile)
      \(databaseLines)
      control:
        listen: 127.0.0.1:\(controlPort)
      log:
        level: info
      accounts:
        - name: main
          key:
            kind: ed25519
            api_key_file: api.key
            secret_file: secret.pem
          brackets:
            default:
              stop: 1%
              take_profits:
                - at: 1%
                  share: 50%
                - at: 2%
                  share: 50%
          # Faster than the defaults of 15 s and 30 s, so that a demo of a minute can show sweeps.
          timing:
            sweep_exposed: 2s
            sweep_idle: 3s
      """, to: configuration)
  }

  static func write(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CommandFailure(.cannotCreate, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard bytes.withUnsafeBytes({ Foundation.write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
      throw CommandFailure(.cannotCreate, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }
}

extension StageFiles {
  /// What the guardian said last.
  var guardianLogTail: String {
    let text = (try? String(contentsOfFile: guardianLog, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").suffix(10).joined(separator: "\n")
  }

  /// Removes the folder and everything in it. A process that still writes into it is no reason to fail.
  func remove() {
    try? FileManager.default.removeItem(atPath: directory)
  }
}
