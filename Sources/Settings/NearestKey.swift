/// The known key that a mistyped one most likely means, or `nil` when nothing is near.
enum NearestKey {
  static func suggestion(for key: String, among known: [String]) -> String? {
    let wanted = Array(key.lowercased().utf8.prefix(keyBytesMax))
    let limit = max(2, wanted.count / 3)
    return
      known
      .map { (key: $0, distance: distance(wanted, Array($0.utf8))) }
      .filter { $0.distance <= limit }
      .min { ($0.distance, $0.key) < ($1.distance, $1.key) }?
      .key
  }

  /// No key of ours is longer; comparing more would let a hostile file cost quadratic time.
  static let keyBytesMax = 64

  /// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var current = [i + 1]
      for (j, y) in b.enumerated() {
        var best = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (x == y ? 0 : 1))
        if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { best = min(best, beforePrevious[j - 1] + 1) }
        current.append(best)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[b.count]
  }
}
