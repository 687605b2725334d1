import Glibc
import Telemetry

/// Words on the terminal: standard output for results, standard error for everything else. Colour only where somebody
/// looks and wants it (`NO_COLOR` unset, `TERM` not `dumb`).
enum Terminal {
  enum Style: String {
    case plain = "0"
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  static let isInteractive = isatty(STDOUT_FILENO) == 1
  static let hasColour: Bool = {
    guard isInteractive, getenv("NO_COLOR") == nil else { return false }
    return getenv("TERM").map { String(cString: $0) } != "dumb"
  }()

  static func styled(_ text: String, _ style: Style) -> String {
    hasColour && style != .plain ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// One line of results.
  static func line(_ text: String = "") { write(text + "\n", to: STDOUT_FILENO) }

  /// One line for people when something is wrong. Control characters from outside are made visible (fault SE09).
  static func error(_ text: String) {
    let inert = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { EscapedText.string(String($0)) }.joined(separator: "\n")
    write(Redaction.text(inert) + "\n", to: STDERR_FILENO)
  }

  /// Whole texts, also when the reader is slow; a closed reader ends the process as it should.
  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }
}
