import Glibc

struct TemporaryDirectoryError: Error {
  let errno: Int32
}

/// A new folder under /tmp that other users may enter but not read, because PostgreSQL may run as one of them.
public func temporaryDirectory() throws -> String {
  var template = Array("/tmp/backstop-test-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil, chmod(template, 0o711) == 0 else { throw TemporaryDirectoryError(errno: errno) }
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
