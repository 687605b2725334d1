import Glibc
import Signing

/// Small files that only their owner may read: keys, tokens.
enum PrivateFile {
  /// Keys and tokens are far smaller; anything larger is another file.
  static let bytesMax = 64 * 1024

  /// - Throws: `StartRefusal` that names the path and never the content.
  static func read(_ path: String, what: String) throws(StartRefusal) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw StartRefusal(
        .key, "\(what) cannot be read from \(path): \(text(of: errno))", "check the path and its permissions")
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
    var count = 0
    while count <= bytesMax {
      let got = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else {
        throw StartRefusal(.key, "\(what) cannot be read from \(path): \(text(of: errno))", "check the file")
      }
      if got == 0 { break }
      count += got
    }
    guard count <= bytesMax else {
      throw StartRefusal(.key, "\(what) in \(path) is larger than 64 KiB", "is it the right file?")
    }
    return Array(bytes[..<count])
  }

  /// Group and others can read it: worth a warning for a key.
  static func isReadableByOthers(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
  }

  /// Reads the file, or makes it with `content` when it does not exist; two processes that start at once agree on one
  /// content.
  static func readOrCreate(
    _ path: String, what: String, content: () -> [UInt8]
  ) throws(StartRefusal) -> (bytes: [UInt8], wasCreated: Bool) {
    try makeFolder(of: path)
    // Written beside and linked into place, so that nobody ever reads half a file.
    let draft = "\(path).\(getpid()).new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      if access(path, R_OK) == 0 { return (try read(path, what: what), false) }
      throw StartRefusal(.cannotCreate, "\(what) cannot be made at \(path): \(text(of: errno))", "check the folder")
    }
    defer { unlink(draft) }
    let bytes = content()
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    let isSynced = fsync(descriptor) == 0
    close(descriptor)
    guard written == bytes.count, isSynced else {
      throw StartRefusal(.cannotCreate, "\(what) cannot be written to \(path): \(text(of: errno))", "is the disk full?")
    }
    if link(draft, path) == 0 { return (bytes, true) }
    return (try read(path, what: what), false)
  }

  static func makeFolder(of path: String) throws(StartRefusal) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    try makeFolder(String(path[..<slash]))
  }

  /// Makes the folder and those above it, for its owner only.
  static func makeFolder(_ path: String) throws(StartRefusal) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw StartRefusal(.cannotCreate, "\(path) is not a folder", "name another state_dir")
      }
      return
    }
    try makeFolder(of: path)
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw StartRefusal(
        .cannotCreate, "folder \(path) cannot be made: \(text(of: errno))", "check the path and its rights")
    }
  }

  static func text(of code: Int32) -> String { String(cString: strerror(code)) }
}
