import Foundation

/// A folder for one run, gone with it. Other users may enter it, because PostgreSQL may run as one of them.
final class TemporaryFolder {
  let path: String

  init() throws {
    let manager = FileManager.default
    path =
      NSTemporaryDirectory()
      + "backstop-bench-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max))"
    try manager.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
