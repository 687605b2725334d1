import PaperVenue
import Trading

/// Whether a symbol's holdings have only grown for a while. Where readings lag (fault RS06) most of what a guardian does
/// wrong is right by what it was shown. Not then: whatever replica answers, it shows less than there is, and shrinking
/// is believed after proof only (race R7).
struct Growth: Sendable {
  /// The longest that a replica lags, and what a reading, its histories and a write take.
  private static let lagBound: Duration = Referee.lateBound + .seconds(5)

  /// What was held and what covered it after the last change.
  private var base = FixedDecimal.zero
  private var cover = FixedDecimal.zero
  private var shrunkAt: Instant?

  mutating func note(_ ledger: LedgerView, at now: Instant) {
    if ledger.base < base || ledger.stopCoverage < cover { shrunkAt = now }
    base = ledger.base
    cover = ledger.stopCoverage
  }

  /// Nothing was sold, withdrawn, cancelled or triggered for as long as a reading may show it.
  func isPure(at now: Instant) -> Bool { shrunkAt.map { now - $0 > Self.lagBound } ?? true }
}
