import Foundation
import Testing

/// One recorded message under `Fixtures`. The venue's field sets; ids and values are invented.
struct Fixture: CustomTestStringConvertible, Sendable {
  /// Folder and name without the extension, such as `Spot/Events/order-new`.
  let name: String
  let bytes: [UInt8]

  init(_ name: String) throws {
    self.name = name
    let url = Self.folder.appending(path: name + ".json")
    bytes = [UInt8](try Data(contentsOf: url)).dropLastNewline()
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var testDescription: String { name }

  static let folder = Bundle.module.bundleURL.appending(path: "Fixtures")

  /// All fixtures below a folder, by name.
  static func all(_ folder: String = "") -> [Fixture] {
    let root = Self.folder.path(percentEncoded: false)
    let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return files.filter { $0.hasSuffix(".json") && $0.hasPrefix(folder) }.sorted()
      .compactMap { try? Fixture(String($0.dropLast(".json".count))) }
  }
}

extension [UInt8] {
  fileprivate func dropLastNewline() -> [UInt8] { last == UInt8(ascii: "\n") ? Array(dropLast()) : self }
}

/// Text as the bytes of a message.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
