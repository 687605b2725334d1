import Glibc

struct TemporaryDirectoryError: Error {
  let errno: Int32
}

/// A new folder in `TMPDIR` (or /tmp) that other users may enter but not read, because PostgreSQL may run as one of
/// them. `ops/scripts/test.sh` removes what lies in its `TMPDIR` when the tests are done.
public func temporaryDirectory() throws -> String {
  let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  var template = Array("\(base)/backstop-test-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil, chmod(template, 0o711) == 0 else { throw TemporaryDirectoryError(errno: errno) }
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
