/// The coarse structure of a Swift file: functions with their lengths, and the types it declares.
enum SwiftShape {
  struct Function: Equatable {
    let name: String
    let line: Int
    let lineCount: Int
  }

  /// From an opening bracket at `start` to just past its partner.
  static func balanced(from start: Int, in code: [UInt8]) -> Range<Int> {
    var depth = 0
    for index in start..<code.count {
      switch code[index] {
      case UInt8(ascii: "("), UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return start..<index + 1 }
      default: break
      }
    }
    return start..<code.count
  }

  /// Functions, initialisers, deinitialisers and subscripts that have a body.
  static func functions(in file: SourceText) -> [Function] {
    ["func", "init", "deinit", "subscript"].flatMap { keyword in
      Search.words(keyword, in: file.code).compactMap { offset -> Function? in
        // `self.init(...)`, `.init(...)` and `#selector`-like uses declare nothing.
        if offset > 0, file.code[offset - 1] == UInt8(ascii: ".") { return nil }
        guard let brace = bodyStart(after: offset + keyword.utf8.count, in: file.code) else { return nil }
        let body = balanced(from: brace, in: file.code)
        let first = file.line(at: offset)
        let last = file.line(at: body.upperBound - 1)
        return Function(name: signature(of: file, line: first), line: first, lineCount: last - first + 1)
      }
    }
  }

  /// The first line of the declaration up to its parameters, as it is written.
  private static func signature(of file: SourceText, line: Int) -> String {
    String(file.rawLine(line).drop { $0 == " " }.prefix(90))
  }

  /// Words that begin another declaration: reaching one means that this declaration had no body.
  private static let declarationStarts: Set<String> = [
    "func", "var", "let", "init", "deinit", "subscript", "case", "static", "public", "private", "internal", "package",
    "mutating",
    "associatedtype", "typealias", "struct", "class", "enum", "protocol", "extension", "import", "nonisolated",
    "override",
  ]

  private static func bodyStart(after offset: Int, in code: [UInt8]) -> Int? {
    var index = offset
    while index < code.count {
      switch code[index] {
      case UInt8(ascii: "{"): return index
      case UInt8(ascii: "}"), UInt8(ascii: ";"): return nil
      case UInt8(ascii: "("), UInt8(ascii: "["): index = balanced(from: index, in: code).upperBound
      case let byte where Search.isIdentifier(byte):
        let end = code[index...].firstIndex { !Search.isIdentifier($0) } ?? code.count
        let word = String(decoding: code[index..<end], as: UTF8.self)
        if declarationStarts.contains(word) { return nil }
        index = end
      default: index += 1
      }
    }
    return nil
  }

  /// Names of the types, protocols and type aliases declared in the file, and of those it extends (last part only).
  static func typeNames(in file: SourceText) -> (declared: Set<String>, extended: Set<String>) {
    var declared: Set<String> = []
    for keyword in ["struct", "class", "enum", "actor", "protocol", "typealias", "macro"] {
      for offset in Search.words(keyword, in: file.code) {
        let name = word(after: offset + keyword.utf8.count, in: file.code)
        if let name, name.first?.isUppercase == true { declared.insert(name) }
      }
    }
    var extended: Set<String> = []
    for offset in Search.words("extension", in: file.code) {
      if let name = word(after: offset + "extension".utf8.count, in: file.code) {
        extended.insert(String(name.split(separator: ".").last ?? ""))
      }
    }
    return (declared, extended)
  }

  private static func word(after offset: Int, in code: [UInt8]) -> String? {
    let rest = code[offset...]
    guard let start = rest.firstIndex(where: { $0 != UInt8(ascii: " ") }), start > offset else { return nil }
    let end = code[start...].firstIndex { !Search.isIdentifier($0) && $0 != UInt8(ascii: ".") } ?? code.count
    return start == end ? nil : String(decoding: code[start..<end], as: UTF8.self)
  }
}
