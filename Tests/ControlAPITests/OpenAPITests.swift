import Glibc
import Testing

@testable import ControlAPI

@Suite struct OpenAPITests {
  /// `METHOD path` of every operation in the file.
  private func documented() throws -> Set<String> {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let file = try #require(fopen(folder + "/ops/openapi.yml", "r"), "ops/openapi.yml is missing")
    defer { fclose(file) }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { text += chunk[..<count] }
    var path = ""
    var found: Set<String> = []
    var isInPaths = false
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
      if !line.hasPrefix(" ") { isInPaths = line.hasPrefix("paths:") }
      guard isInPaths, line.hasSuffix(":") else { continue }
      if line.hasPrefix("  /") { path = String(line.dropFirst(2).dropLast()) }
      let word = line.dropFirst(4).dropLast()
      if line.hasPrefix("    ") && !line.hasPrefix("     "), ["get", "post", "put", "delete", "patch"].contains(word) {
        found.insert(word.uppercased() + " " + path)
      }
    }
    return found
  }

  @Test func `ops/openapi.yml lists exactly the routes that exist`() throws {
    #expect(try documented() == Set(ControlRoute.allCases.map { $0.method.rawValue + " " + $0.path }))
  }
}
