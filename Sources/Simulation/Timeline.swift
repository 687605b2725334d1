import Trading

/// A world's trace cut down to what a person reads: the most telling lines, in order.
public enum Timeline {
  public static let linesMax = 40

  /// How telling the kinds of trace lines are; what is not listed is left out first.
  private static let weights: [[UInt64]] = [
    // Deaths, faults, what others do, what the guardian writes, what the venue refuses.
    [1, 10, 40, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 63, 64, 65, 3, 24],
    // Orders at the venue; what was lost on the way.
    [35, 20, 22, 28, 31, 33],
    // What the guardian made of it.
    [2, 5, 7, 30, 32, 41],
    [4, 8, 25, 26, 27],
    [6, 21, 23, 34],
  ]

  /// At most `linesMax` lines, violations among them.
  public static func lines(of report: SeedReport) -> [String] {
    let marks = report.violations.map { (at: $0.at, text: "BROKEN \($0.promise.rawValue): \($0.text)") }
    let room = linesMax - min(marks.count, 3)
    var kinds: Set<UInt64> = []
    var chosen: [Trace.Line] = []
    for group in weights {
      let more = report.trace.filter { kinds.union(group).contains($0.kind) }
      guard more.count <= room || chosen.isEmpty else { break }
      kinds.formUnion(group)
      chosen = more
    }
    var lines = chosen.map { (at: $0.time, text: $0.description) }
    if lines.count > room {
      let head = room / 4
      let tail = room - head - 1
      let gap = "      ... \(lines.count - head - tail) lines left out"
      let last = lines.suffix(tail)
      lines = lines.prefix(head) + [(at: last.first?.at ?? lines[head].at, text: gap)] + last
    }
    for mark in marks.prefix(3) {
      let place = lines.firstIndex { $0.at > mark.at } ?? lines.count
      lines.insert((mark.at, Trace.Line(time: mark.at, kind: 0, text: mark.text).description), at: place)
    }
    return lines.map(\.text)
  }
}
