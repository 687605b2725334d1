import Glibc

enum ReadableFile {
  static func exists(at path: String) -> Bool { access(path, R_OK) == 0 }
}
