/// How long things may get. A file that is read in one sitting, a function that fits a screen, a line that fits a
/// review: the figures are those of well-kept code bases of this kind, with some room.
enum Limits {
  static let fileLines = 500
  static let testFileLines = 800
  static let functionLines = 70
  static let lineColumns = 120

  static let files = Rule(name: "file length") { file in
    guard file.path.hasSuffix(".swift") else { return [] }
    let limit = file.path.hasPrefix("Tests/") ? testFileLines : fileLines
    guard file.lineCount > limit else { return [] }
    let advice = "\(file.lineCount) lines, the limit is \(limit): split it by concept"
    return [Finding(path: file.path, line: file.lineCount, advice: advice)]
  }

  static let functions = Rule(name: "function length") { file in
    guard file.path.hasSuffix(".swift"), file.path != "Package.swift" else { return [] }
    return SwiftShape.functions(in: file).filter { $0.lineCount > functionLines }.map {
      Finding(
        path: file.path, line: $0.line,
        advice: "\($0.lineCount) lines, the limit is \(functionLines): give a part of it a name of its own (\($0.name))"
      )
    }
  }

  /// Text inside string literals may be longer: a captured payload is kept as the venue sent it.
  static let lines = Rule(name: "line length") { file in
    guard file.path.hasSuffix(".swift") else { return [] }
    return (1...max(1, file.lineCount)).compactMap { number in
      let raw = file.rawLine(number)
      guard raw.utf8.count > lineColumns, raw.count > lineColumns else { return nil }
      // Raw identifiers of tests count as text too: they are sentences, and cannot be broken.
      let isMostlyText = file.codeLine(number).filter { $0 != " " }.count < lineColumns / 2 && !raw.contains("//")
      // So does a line that is one literal, interpolations and all: it is a sentence for people.
      let isLiteral = raw.drop { $0 == " " || $0 == "#" }.hasPrefix("\"")
      guard !isMostlyText, !isLiteral else { return nil }
      let advice = "\(raw.count) columns, the limit is \(lineColumns): break the line"
      return Finding(path: file.path, line: number, advice: advice)
    }
  }

  static let all = [files, functions, lines]
}
