/// Finds its way through Swift's lexical shapes, as far as the rules need it: comments, string literals with
/// interpolations, raw identifiers and braces. Not covered: regex literals that hold quotes (we write none).
struct SwiftScanner {
  /// The same bytes with comments, string contents and raw identifiers replaced by spaces. Code inside an
  /// interpolation stays, because it runs.
  static func blankingTextAndComments(_ source: [UInt8]) -> [UInt8] {
    var scanner = SwiftScanner(source)
    scanner.scanCode(untilClosingParenthesis: false)
    return scanner.output
  }

  private let source: [UInt8]
  private var output: [UInt8]
  private var position = 0

  private init(_ source: [UInt8]) {
    self.source = source
    self.output = source
  }

  private func peek(_ distance: Int = 0) -> UInt8? {
    let index = position + distance
    return index < source.count ? source[index] : nil
  }

  private func isAt(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { wanted in
      position + wanted.count <= source.count && wanted.indices.allSatisfy { source[position + $0] == wanted[$0] }
    }
  }

  private mutating func blank(_ count: Int = 1) {
    for index in position..<min(position + count, source.count) where source[index] != UInt8(ascii: "\n") {
      output[index] = UInt8(ascii: " ")
    }
    position += count
  }

  private mutating func scanCode(untilClosingParenthesis: Bool) {
    var depth = 0
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "/") where isAt("//"): scanLineComment()
      case UInt8(ascii: "/") where isAt("/*"): scanBlockComment()
      case UInt8(ascii: "\""), UInt8(ascii: "#"): scanLiteralOrHash()
      case UInt8(ascii: "`"): scanRawIdentifier()
      case UInt8(ascii: "("):
        depth += 1
        position += 1
      case UInt8(ascii: ")"):
        if depth == 0, untilClosingParenthesis { return }
        depth -= 1
        position += 1
      default: position += 1
      }
    }
  }

  private mutating func scanLineComment() {
    while let byte = peek(), byte != UInt8(ascii: "\n") { blank() }
  }

  private mutating func scanBlockComment() {
    var depth = 0
    repeat {
      if isAt("/*") {
        depth += 1
        blank(2)
      } else if isAt("*/") {
        depth -= 1
        blank(2)
      } else {
        blank()
      }
    } while depth > 0 && position < source.count
  }

  private mutating func scanRawIdentifier() {
    position += 1
    while let byte = peek(), byte != UInt8(ascii: "`"), byte != UInt8(ascii: "\n") { blank() }
    position += 1
  }

  private mutating func scanLiteralOrHash() {
    var hashes = 0
    while peek(hashes) == UInt8(ascii: "#") { hashes += 1 }
    guard peek(hashes) == UInt8(ascii: "\"") else {
      position += max(hashes, 1)
      return
    }
    position += hashes
    let quotes = isAt("\"\"\"") ? 3 : 1
    position += quotes
    scanString(quotes: quotes, hashes: hashes)
  }

  /// `position` stands after the opening quotes; ends after the closing delimiter.
  private mutating func scanString(quotes: Int, hashes: Int) {
    while let byte = peek() {
      if byte == UInt8(ascii: "\n"), quotes == 1 { return }
      if byte == UInt8(ascii: "\""), closes(quotes: quotes, hashes: hashes) {
        position += quotes + hashes
        return
      }
      guard byte == UInt8(ascii: "\\"), isEscape(hashes: hashes) else {
        blank()
        continue
      }
      blank(1 + hashes)
      if peek() == UInt8(ascii: "(") {
        position += 1
        scanCode(untilClosingParenthesis: true)
        position += 1
      } else {
        blank()
      }
    }
  }

  private func closes(quotes: Int, hashes: Int) -> Bool {
    (0..<quotes).allSatisfy { peek($0) == UInt8(ascii: "\"") }
      && (0..<hashes).allSatisfy { peek(quotes + $0) == UInt8(ascii: "#") }
  }

  private func isEscape(hashes: Int) -> Bool { (0..<hashes).allSatisfy { peek(1 + $0) == UInt8(ascii: "#") } }
}
