import Trading
import Yams

extension BackstopConfiguration {
  /// A configuration is written by hand; a file of this size is another kind of file.
  public static let bytesMax = 1 << 20

  /// Most references (`*name`) to other places of the file. Each may stand for several earlier ones, so that what a few
  /// dozen lines stand for could take for ever to read; 32 multiply to some hundred thousand values at most.
  public static let referencesMax = 32

  /// Reads a whole configuration file.
  ///
  /// - Parameters:
  ///   - text: YAML.
  ///   - directory: absolute path that relative paths in the file start from: the file's own folder.
  /// - Throws: every problem at once; nothing is half accepted (fault CF06).
  public static func parse(_ text: String, directory: String) throws(InvalidConfiguration) -> BackstopConfiguration {
    let problems = ProblemList()
    guard let root = root(of: text, problems) else { throw InvalidConfiguration(problems: problems.sorted) }
    let configuration = BackstopSection(root, directory: directory, problems: problems)?.read()
    guard let configuration, problems.problems.isEmpty else { throw InvalidConfiguration(problems: problems.sorted) }
    return configuration
  }

  private static func root(of text: String, _ problems: ProblemList) -> Node? {
    guard text.utf8.count <= bytesMax else {
      problems.add(nil, "", "the file is larger than 1 MiB", "is it a Backstop configuration?")
      return nil
    }
    guard references(in: text) <= referencesMax else {
      problems.add(
        nil, "", "the file has more than \(referencesMax) references such as *name", "write the values out instead")
      return nil
    }
    do {
      if let node = try compose(yaml: text) { return node }
      problems.add(nil, "", "the file is empty", "start from ops/backstop.example.yml")
    } catch let error as YamlError {
      SyntaxProblem.add(error, in: text, to: problems)
    } catch {
      problems.add(nil, "", "the file cannot be read as YAML", "check that it is UTF-8 text")
    }
    return nil
  }
}

extension BackstopConfiguration {
  /// Stars where a value may begin, those in comments and quoted texts too: the parser cannot be asked before it reads.
  private static func references(in text: String) -> Int {
    var count = 0
    var mayBegin = true
    var isStar = false
    for byte in text.utf8 {
      let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      if isStar, !isBlank { count += 1 }
      isStar = mayBegin && byte == UInt8(ascii: "*")
      mayBegin = isBlank || "\t[{,:?-".utf8.contains(byte)
    }
    return count
  }
}

/// What the YAML parser itself refuses, in our words. Its own texts quote the whole file.
enum SyntaxProblem {
  static func add(_ error: YamlError, in text: String, to problems: ProblemList) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      problems.add(mark, "", "not valid YAML: \(problem)", "check the indentation and the quotes around this place")
    case .duplicatedKeysInMapping(let keys, let context):
      for key in keys {
        let line = laterLine(of: key, after: context.mark, in: text)
        let second = line.map { " and again on line \($0)" } ?? ""
        problems.add(
          context.mark, "", "key '\(Section.shown(key))' is given twice, here\(second)", "keep one of them")
      }
    case .reader:
      problems.add(nil, "", "the file is not UTF-8 text", "save it as UTF-8")
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      problems.add(nil, "", "the file cannot be read as YAML", "check that it is UTF-8 text")
    @unknown default:
      problems.add(nil, "", "the file cannot be read as YAML", "check that it is UTF-8 text")
    }
  }

  /// The next line that starts the same key at the same column. The parser names only the first place.
  private static func laterLine(of key: String, after mark: Mark, in text: String) -> Int? {
    let indent = String(repeating: " ", count: max(0, mark.column - 1))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated().dropFirst(mark.line) where line.hasPrefix(indent + key) {
      if line.dropFirst(indent.count + key.count).first(where: { $0 != " " }) == ":" { return index + 1 }
    }
    return nil
  }
}
