/// One file of the repository, with a second view in which comments and the contents of string literals are blank.
///
/// Rules about code look at `code`, so that a sentence in a comment or a sample in a string never breaks a ban.
/// Both views have the same length and the same line breaks: an offset found in one is valid in the other.
struct SourceText: Sendable {
  /// Relative to the repository, for example `Sources/Trading/Lot.swift`.
  let path: String
  let raw: [UInt8]
  let code: [UInt8]
  private let lineStarts: [Int]

  init(path: String, raw: [UInt8]) {
    self.path = path
    self.raw = raw
    self.code = path.hasSuffix(".swift") ? SwiftScanner.blankingTextAndComments(raw) : raw
    self.lineStarts = [0] + raw.indices.filter { raw[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }

  init(path: String, _ text: String) { self.init(path: path, raw: Array(text.utf8)) }

  var text: String { String(decoding: raw, as: UTF8.self) }

  /// `Lot.swift`
  var fileName: String { String(path.split(separator: "/").last ?? "") }

  /// The folder below `Sources`, which is the module, for example `Trading`.
  var module: String? {
    let parts = path.split(separator: "/")
    return parts.count >= 3 && parts[0] == "Sources" ? String(parts[1]) : nil
  }

  /// A trailing line break does not count as one more line.
  var lineCount: Int { raw.last == UInt8(ascii: "\n") ? lineStarts.count - 1 : lineStarts.count }

  /// Counted from 1, as editors do.
  func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The text of a line without its line break; empty outside of the file.
  func rawLine(_ number: Int) -> String { String(decoding: bytes(of: number, in: raw), as: UTF8.self) }

  func codeLine(_ number: Int) -> String { String(decoding: bytes(of: number, in: code), as: UTF8.self) }

  private func bytes(of number: Int, in view: [UInt8]) -> ArraySlice<UInt8> {
    guard number >= 1, number <= lineStarts.count else { return [] }
    let start = lineStarts[number - 1]
    let end = number < lineStarts.count ? lineStarts[number] - 1 : view.count
    return view[start..<max(start, end)]
  }

  /// There is a comment on the line itself, directly above it, or first thing below it.
  func hasComment(near number: Int) -> Bool {
    rawLine(number).contains("//")
      || [number - 1, number + 1].contains { rawLine($0).drop(while: { $0 == " " }).hasPrefix("//") }
  }
}
