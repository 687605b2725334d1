/// How files, folders and types are called.
enum Names {
  /// Drawers that anything fits into. A name says the responsibility.
  static let drawers: Set<String> = ["Utils", "Util", "Helpers", "Helper", "Manager", "Models", "Impl"]

  /// Fine inside a name (`NewOrder`), empty as a whole one.
  static let emptyNames: Set<String> = ["New", "Deprecated", "Common", "Misc", "Shared", "Types", "Base", "Legacy"]

  /// Files that hold several small types of one vocabulary, where none is the main one.
  static let vocabularies: Set<String> = [
    "Identifiers.swift", "OrderTerms.swift", "SpotWords.swift", "MetricSeries.swift",
  ]

  /// The words of a name written in camel case: `TLSConnectionManager` -> `TLS`, `Connection`, `Manager`.
  static func words(of name: String) -> [String] {
    var words: [String] = []
    var current = ""
    let characters = Array(name)
    for (index, character) in characters.enumerated() {
      let startsWord =
        character.isUppercase
        && (!(index > 0 && characters[index - 1].isUppercase)
          || (index + 1 < characters.count && characters[index + 1].isLowercase))
      if startsWord || !(character.isLetter || character.isNumber) {
        if !current.isEmpty { words.append(current) }
        current = ""
      }
      if character.isLetter || character.isNumber { current.append(character) }
    }
    return current.isEmpty ? words : words + [current]
  }

  static let noDrawers = Rule(name: "no drawers") { file in
    let pathWords = file.path.split(separator: "/").flatMap { words(of: String($0)) }
    let typeWords = file.path.hasSuffix(".swift") ? SwiftShape.typeNames(in: file).declared.sorted().flatMap(words) : []
    let wholeNames = file.path.split(whereSeparator: { "/+.".contains($0) }).map(String.init)
    let found = drawers.intersection(pathWords + typeWords).union(emptyNames.intersection(wholeNames))
    return found.sorted().map {
      Finding(path: file.path, line: 1, advice: "'\($0)' as a name says nothing: name the responsibility")
    }
  }

  /// `Lot.swift` declares `Lot`; `Lot+Closing.swift` declares or extends `Lot`; `ExcessRule.swift` may also hold the
  /// one member `excessRule` of a list that is spread over files.
  static let fileIsType = Rule(name: "file is named after its type") { file in
    guard file.path.hasPrefix("Sources/"), file.path.hasSuffix(".swift"), file.fileName != "main.swift",
      !vocabularies.contains(file.fileName)
    else { return [] }
    let stem = String(file.fileName.dropLast(".swift".count))
    let parts = stem.split(separator: "+", maxSplits: 1).map(String.init)
    let types = SwiftShape.typeNames(in: file)
    let known = parts.count == 2 ? types.declared.union(types.extended) : types.declared
    guard let name = parts.first, !known.contains(name) else { return [] }
    let member = name.prefix(1).lowercased() + name.dropFirst()
    guard Search.words("let \(member)", in: file.code).isEmpty, Search.words("func \(member)", in: file.code).isEmpty
    else {
      return []
    }
    let advice = "no type `\(name)` in it: name the file after its main type, or `Type+Topic.swift`"
    return [Finding(path: file.path, line: 1, advice: advice)]
  }

  /// Inside a module `Mirror.` would mean the type and the module could no longer be named.
  static let typeIsNotModule = Rule(name: "no type is named like its module") { file in
    guard let module = file.module, file.path.hasSuffix(".swift") else { return [] }
    guard SwiftShape.typeNames(in: file).declared.contains(module) else { return [] }
    let advice = "a type named like its module `\(module)` hides the module: choose another name"
    return [Finding(path: file.path, line: 1, advice: advice)]
  }

  /// SwiftPM mangles the first character of an embedded file's name when it is a digit.
  static let sqlStartsWithLetter = Rule(name: "SQL file names start with a letter") { file in
    guard file.path.hasSuffix(".sql"), file.fileName.first?.isLetter != true else { return [] }
    return [
      Finding(path: file.path, line: 1, advice: "the name must start with a letter, for example m\(file.fileName)")
    ]
  }

  static let all = [noDrawers, fileIsType, typeIsNotModule, sqlStartsWithLetter]
}
