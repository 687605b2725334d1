import Foundation

/// `--json`: one document on standard output, keys in a stable order.
enum JSONOutput {
  static func print(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    Terminal.line(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
