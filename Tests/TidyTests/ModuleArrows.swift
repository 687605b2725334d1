/// Who may import whom. Levels are data; the exact dependencies are read from Package.swift, because SwiftPM itself
/// lets a file import whatever some other target happened to build.
enum ModuleArrows {
  /// A module imports lower levels only, never its own.
  static let levels: [String: Int] = [
    "COpenSSL": 0, "CCurl": 0, "CLibpq": 0, "CLinux": 0, "Schema": 0,
    "Trading": 1, "WebSocket": 1, "EventLoop": 1, "Signing": 1, "Telemetry": 1,
    "Venue": 2, "Postgres": 2, "PaperVenue": 2,
    "StreamClient": 3, "RESTClient": 3, "Mirror": 3, "Binance": 3, "Reconciler": 3, "Settings": 3,
    "Guardian": 4, "ControlAPI": 4, "PaperServer": 4, "Simulation": 4,
    "backstop": 5, "simulate": 5, "bench": 5,
  ]

  /// Values in, values out: no I/O, clock, chance, or suspension. Simulation and replay rest on it.
  static let pure = ["Trading", "WebSocket", "Venue", "Binance", "Reconciler", "PaperVenue", "Simulation"]

  /// Pure modules that may use Foundation's essentials (JSON on cold paths), which has no I/O that we would call.
  static let mayUseFoundationEssentials = ["Binance"]

  static let platformModules: Set<String> = [
    "Glibc", "Foundation", "FoundationEssentials", "Dispatch", "Synchronization", "Testing",
  ]

  /// `let logging = ...` of Package.swift -> the modules that name brings.
  static let packageConstants: [String: [String]] = [
    "argumentParser": ["ArgumentParser"],
    "logging": ["Logging"],
    "metrics": ["CoreMetrics", "Metrics"],
    "collections": ["OrderedCollections"],
    "deque": ["DequeModule"],
    "yams": ["Yams"],
    // Hummingbird's handlers cannot be written without the types of these three, which it re-exports in part.
    "hummingbird": ["Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore", "ServiceLifecycle", "UnixSignals"],
    "nio": ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket", "NIOSSL"],
  ]

  struct Import: Equatable {
    let module: String
    let line: Int
  }

  static func imports(of file: SourceText) -> [Import] {
    Search.words("import", in: file.code).compactMap { offset in
      let line = file.line(at: offset)
      let words = file.codeLine(line).split(separator: " ")
      guard let keyword = words.firstIndex(of: "import") else { return nil }
      let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
      let name = words.dropFirst(keyword + 1).first { !kinds.contains($0) }
      return name.map { Import(module: String($0.prefix { $0 != "." }), line: line) }
    }
  }

  /// Each target's dependencies as Package.swift declares them, with package constants resolved to module names.
  static func declaredDependencies(manifest: SourceText) -> [String: Set<String>] {
    var declared: [String: Set<String>] = ["COpenSSL": [], "CCurl": [], "CLibpq": [], "CLinux": [], "Schema": []]
    for opening in ["library(", ".executableTarget("] {
      for offset in Search.words(opening, in: manifest.code) {
        // `.library(` is a product.
        guard opening.hasPrefix(".") || manifest.code[offset - 1] != UInt8(ascii: ".") else { continue }
        let range = SwiftShape.balanced(from: offset + opening.utf8.count - 1, in: manifest.code)
        let quoted = strings(in: manifest, range: range)
        guard let name = quoted.first else { continue }
        let constants = packageConstants.filter { constant, _ in
          !Search.words(constant, in: Array(manifest.code[range])).isEmpty
        }
        declared[name] = Set(quoted.dropFirst()).union(constants.values.joined())
      }
    }
    return declared
  }

  /// String literals in a range, without interpolations.
  static func strings(in file: SourceText, range: Range<Int>) -> [String] {
    var found: [String] = []
    var start: Int?
    for index in range where file.code[index] == UInt8(ascii: "\"") {
      if let opened = start {
        found.append(String(decoding: file.raw[opened + 1..<index], as: UTF8.self))
        start = nil
      } else {
        start = index
      }
    }
    return found
  }

  /// Declared dependencies that do not go down.
  static func upwardArrows(declared: [String: Set<String>]) -> [String] {
    declared.flatMap { name, dependencies in
      dependencies.filter { (levels[$0] ?? -1) >= (levels[name] ?? .max) }.map { "\(name) -> \($0)" }
    }.sorted()
  }

  static func onlyDeclared(_ declared: [String: Set<String>]) -> Rule {
    Rule(name: "imports are declared") { file in
      guard let module = file.module, file.path.hasSuffix(".swift"), levels[module] != nil else { return [] }
      let allowed = (declared[module] ?? []).union(platformModules)
      return imports(of: file).filter { !allowed.contains($0.module) }.map {
        let reason =
          levels[$0.module] == nil
          ? "Package.swift does not give it to \(module)"
          : "\(module) (level \(levels[module] ?? -1)) does not depend on it (level \(levels[$0.module] ?? -1))"
        return Finding(path: file.path, line: $0.line, advice: "import of \($0.module): \(reason)")
      }
    }
  }

  static let purity = Rule(name: "pure modules are pure") { file in
    guard let module = file.module, pure.contains(module), file.path.hasSuffix(".swift") else { return [] }
    let platform = imports(of: file).filter { found in
      platformModules.contains(found.module)
        && !(found.module == "FoundationEssentials" && mayUseFoundationEssentials.contains(module))
    }
    let suspensions = ["async", "await", "Task"].flatMap { word in
      Search.words(word, in: file.code).map {
        let advice = "`\(word)` in a pure module: return a value that says what to do"
        return Finding(path: file.path, line: file.line(at: $0), advice: advice)
      }
    }
    return platform.map {
      let advice = "\(module) is pure and imports \($0.module): move the effect to a shell module"
      return Finding(path: file.path, line: $0.line, advice: advice)
    } + suspensions
  }
}
