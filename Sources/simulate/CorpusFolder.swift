import FoundationEssentials
import Glibc
import Simulation

/// Worlds that once broke a promise, one JSON file each; run before anything else.
struct CorpusFolder {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let path: String

  func regressions() throws -> [(name: String, regression: Regression)] {
    guard let folder = opendir(path) else {
      throw Failure(description: "cannot read the corpus folder \(path): \(String(cString: strerror(errno)))")
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".json") { names.append(name) }
    }
    return try names.sorted().map { name in
      do {
        let data = try Data(contentsOf: URL(filePath: path).appending(path: name))
        return (String(name.dropLast(5)), try JSONDecoder().decode(Regression.self, from: data))
      } catch {
        throw Failure(description: "\(path)/\(name) is not a regression: \(error)")
      }
    }
  }

  /// Makes the folder where there is none, so that a world that took minutes to make small is not lost for want of it.
  func make() throws {
    guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
    throw Failure(description: "cannot make the folder \(path): \(String(cString: strerror(errno)))")
  }

  func save(_ regression: Regression, as name: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var data = try encoder.encode(regression)
    data.append(UInt8(ascii: "\n"))
    try data.write(to: URL(filePath: path).appending(path: "\(name).json"))
  }
}
