import EventLoop

/// Tells what happens while it happens; quiet in tests.
struct Narrator: Sendable {
  private let isQuiet: Bool
  private let startedAt: Int64

  init(isQuiet: Bool = false) {
    self.isQuiet = isQuiet
    startedAt = MonotonicClock.system.nowNanoseconds
  }

  var elapsed: Duration { .nanoseconds(MonotonicClock.system.nowNanoseconds - startedAt) }

  func title(_ text: String) {
    guard !isQuiet else { return }
    Terminal.line()
    Terminal.line(Terminal.styled(text, .bold))
  }

  func say(_ who: String, _ text: String) {
    guard !isQuiet else { return }
    let clock = Terminal.styled(Self.clock(elapsed), .dim)
    Terminal.line("  \(clock)  \(Terminal.styled(who.padded(to: 9), .cyan)) \(text)")
  }

  func tell(_ check: Check) {
    guard !isQuiet else { return }
    let mark = check.held ? Terminal.styled("held", .green) : Terminal.styled("BROKEN", .red)
    let seen = check.seen.isEmpty ? "" : Terminal.styled("  (\(check.seen))", .dim)
    Terminal.line(
      "  \(Terminal.styled(Self.clock(elapsed), .dim))  \(mark.padded(to: 4))      "
        + "\(check.witness.rawValue): \(check.statement)\(seen)"
    )
  }

  /// Seconds with milliseconds, such as ` 12.345`.
  static func clock(_ duration: Duration) -> String {
    let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    let fraction = String(milliseconds % 1000)
    let whole = String(milliseconds / 1000)
    return String(repeating: " ", count: max(0, 3 - whole.count)) + whole + "."
      + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  static func milliseconds(_ duration: Duration) -> String {
    let microseconds = duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
    return microseconds < 10_000
      ? "\(microseconds / 1000).\(microseconds % 1000 / 100) ms" : "\(microseconds / 1000) ms"
  }
}

extension String {
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
