/// Text around the code: unfinished marks, words of the place where it was written, headings, the Makefile.
enum Documents {
  // Written in two parts, so that this file does not break its own rules.
  static let unfinishedMarks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK:"]

  /// Paths and names that mean something only on the machine the text was written on. Case counts.
  static let workplaceWords = [
    "/wo" + "rk/main", "/wo" + "rk/dev", "/wo" + "rk/shared", "/wo" + "rk/steering", "/wo" + "rk/.", "/fa" + "rm/",
    "fa" + "rm-", "before" + "-stop", "sub" + "agent", "C" + "EO", "deb.deb" + "ian.org", "files.python" + "hosted",
    "py" + "pi.org", "/opt/swift" + "-packages",
  ]

  static let noUnfinishedMarks = Rule(name: "nothing is left unfinished") { file in
    unfinishedMarks.flatMap { mark in
      Search.words(mark, in: file.raw).map {
        Finding(path: file.path, line: file.line(at: $0), advice: "'\(mark)': finish it, or file an issue instead")
      }
    }
  }

  static let noWorkplaceWords = Rule(name: "nothing points at one machine") { file in
    workplaceWords.flatMap { word in
      let isName = word.first?.isLetter == true
      let hits = isName ? Search.words(word, in: file.raw) : Search.offsets(of: word, in: file.raw)
      return hits.map {
        Finding(path: file.path, line: file.line(at: $0), advice: "'\(word)' means nothing elsewhere: leave it out")
      }
    }
  }

  static let oneTitle = Rule(name: "one title per document") { file in
    guard file.path.hasSuffix(".md") else { return [] }
    var isInFence = false
    var titles: [Int] = []
    for number in 1...max(1, file.lineCount) {
      let line = file.rawLine(number)
      if line.hasPrefix("```") { isInFence.toggle() }
      if !isInFence, line.hasPrefix("# ") { titles.append(number) }
    }
    guard titles.count != 1 else { return [] }
    let advice = "\(titles.count) titles ('# ...'), a document has one"
    return [Finding(path: file.path, line: titles.dropFirst().first ?? 1, advice: advice)]
  }

  static let changelogShape = Rule(name: "the changelog keeps its sections") { file in
    guard file.path == "CHANGELOG.md" else { return [] }
    return (1...max(1, file.lineCount)).compactMap { number in
      let line = file.rawLine(number)
      guard line.hasPrefix("### "), !["### Safety", "### Features", "### Internals"].contains(line) else { return nil }
      return Finding(path: file.path, line: number, advice: "sections are Safety, Features, Internals")
    }
  }

  static let targetsHaveHelp = Rule(name: "every make target has help") { file in
    guard file.path == "Makefile" else { return [] }
    return (1...max(1, file.lineCount)).compactMap { number in
      let line = file.rawLine(number)
      guard let colon = line.firstIndex(of: ":"), line.first?.isLetter == true, !line.contains(":=") else {
        return nil
      }
      let target = line[..<colon]
      guard target.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" }), !line.contains(" ## ") else { return nil }
      return Finding(path: file.path, line: number, advice: "target `\(target)` has no help: add ` ## what it does`")
    }
  }

  /// The raw values of a string enum as written in its file: `case naked`, `case noSlot = "no_slot"`, `case a, b`.
  static func rawValues(ofEnum name: String, in file: SourceText) -> [String] {
    guard let start = Search.offsets(of: "enum \(name)", in: file.code).first,
      let brace = file.code[start...].firstIndex(of: UInt8(ascii: "{"))
    else { return [] }
    let body = SwiftShape.balanced(from: brace, in: file.code)
    return (file.line(at: body.lowerBound)...file.line(at: body.upperBound - 1)).flatMap { number -> [String] in
      let line = file.codeLine(number).drop { $0 == " " }.hasPrefix("case ") ? file.rawLine(number) : ""
      return line.split(separator: "case ", maxSplits: 1).last.map { cases in
        cases.split(separator: ",").map { one in
          let parts = one.split(separator: "=").map { $0.drop { $0 == " " }.prefix { $0 != " " } }
          return String((parts.last ?? "").filter { $0 != "\"" })
        }
      } ?? []
    }
  }

  /// The string literals of `let name = [...]`.
  static func strings(ofList name: String, in file: SourceText) -> [String] {
    guard let start = Search.words("let \(name)", in: file.code).first,
      let bracket = file.code[start...].firstIndex(of: UInt8(ascii: "["))
    else { return [] }
    return ModuleArrows.strings(in: file, range: SwiftShape.balanced(from: bracket, in: file.code))
  }

  /// Alerts without a `## kind` heading in the runbook.
  static func undocumentedAlerts(_ kinds: [String], runbook: SourceText) -> [String] {
    kinds.filter { kind in !(1...max(1, runbook.lineCount)).contains { runbook.rawLine($0) == "## \(kind)" } }
  }

  static let all = [noUnfinishedMarks, noWorkplaceWords, oneTitle, changelogShape, targetsHaveHelp]
}
