import Glibc

/// Writes a file that only its owner may read.
enum PrivateFile {
  static func write(_ bytes: [UInt8], to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw PaperServerError.cannotWrite(path: path, errno: errno) }
    defer { close(descriptor) }
    _ = fchmod(descriptor, 0o600)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw PaperServerError.cannotWrite(path: path, errno: errno)
      }
      rest = rest.dropFirst(count)
    }
  }
}
