import Glibc

/// A line on the terminal that shows how far a campaign is. It is not drawn where nobody looks.
struct ProgressBar {
  private static let width = 30
  private let isShown = isatty(2) == 1
  private let started = ContinuousClock.now
  private var drawn = ContinuousClock.now - .seconds(1)

  /// - Parameter part: 0 to 1000.
  mutating func draw(perMille part: Int, _ text: String) {
    guard isShown, ContinuousClock.now - drawn > .milliseconds(200) else { return }
    drawn = .now
    let full = Self.width * min(1000, max(0, part)) / 1000
    let bar = String(repeating: "=", count: full) + String(repeating: " ", count: Self.width - full)
    show("\r[\(bar)] \(text)\u{1b}[K")
  }

  /// A line above the bar, for what must not wait until the end; also where nobody looks, since a log keeps it.
  func tell(_ text: String) {
    clear()
    show(text + "\n")
  }

  func clear() { if isShown { show("\r\u{1b}[K") } }

  private func show(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  }

  var elapsed: Duration { .now - started }
}
