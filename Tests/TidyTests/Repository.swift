import Foundation

/// The files of this checkout that a person writes, read once.
enum Repository {
  /// Found from this very file, through symbolic links, so that the tests run from any working directory.
  static let root: String = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  static let files: [SourceText] = {
    var paths = ["Package.swift", "Makefile", ".ci/run"]
    paths += regularFiles(under: "").filter { !$0.contains("/") && $0.hasSuffix(".md") }
    for folder in ["Sources", "Tests", "sql", "ops"] { paths += regularFiles(under: folder) }
    return paths.sorted().compactMap(read)
  }()

  static let swift: [SourceText] = files.filter { $0.path.hasSuffix(".swift") }
  static let markdown: [SourceText] = files.filter { $0.path.hasSuffix(".md") }
  static let sqlPaths: [String] = files.map(\.path).filter { $0.hasSuffix(".sql") }

  static func file(_ path: String) -> SourceText? { files.first { $0.path == path } }

  private static let textEndings = [
    "swift", "md", "sql", "sh", "py", "yml", "yaml", "service", "h", "c", "modulemap", "json", "csv",
  ]

  private static func regularFiles(under folder: String) -> [String] {
    if folder.isEmpty { return (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] }
    let names = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.compactMap { $0 as? String } ?? []
    return names.filter { name in textEndings.contains { name.hasSuffix("." + $0) } }.map { "\(folder)/\($0)" }
  }

  private static func read(_ path: String) -> SourceText? {
    guard let data = FileManager.default.contents(atPath: "\(root)/\(path)") else { return nil }
    return SourceText(path: path, raw: Array(data))
  }
}
