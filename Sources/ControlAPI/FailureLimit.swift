/// How many wrong tokens are answered in earnest. Past it they get 429: guessing 128 bits is hopeless anyway, but the
/// log and the audit must not be flooded. The right token always passes, so nobody can lock the operator out.
struct FailureLimit: Sendable {
  static let failuresMax = 60
  static let windowNanoseconds: Int64 = 60_000_000_000

  private var windowStart: Int64 = .min
  private var failures = 0

  /// Books one failure; `false` when there have been too many.
  mutating func admit(at nowNanoseconds: Int64) -> Bool {
    if windowStart == .min || nowNanoseconds - windowStart >= Self.windowNanoseconds {
      windowStart = nowNanoseconds
      failures = 0
    }
    failures += 1
    return failures <= Self.failuresMax
  }
}
