import Reconciler
import Trading

/// Promise I2: whether a sale of ours took more than the entries held.
extension Referee {
  mutating func foreignSale(at now: Instant) {
    lastForeignSale = now
    soldUnattended = isUnattended
    // Who has just begun has not yet read what explains the coins that it finds (B409).
    if now - startedAt < Self.cutBound { soldBeforeStart = startedAt }
  }

  /// Nobody is there any more who could cut what a sale by others has just left too much.
  mutating func leaveUnattended(at now: Instant) {
    if let last = lastForeignSale, now - last < Self.cutBound { soldUnattended = true }
  }

  private var isUnattended: Bool { standing.contains(.down) || standing.contains(.paused) }

  /// A life hears of what others sold before it when it begins, and acts when it was told to go on.
  mutating func noteUnseenSale(at now: Instant) {
    guard soldUnattended, !isUnattended else { return }
    lastForeignSale = now
    soldUnattended = false
    soldBeforeStart = startedAt
  }

  mutating func judgeOversell(_ truth: Truth, at now: Instant) {
    guard truth.oversold > oversoldSeen else { return }
    let excess = truth.oversold - oversoldSeen
    oversoldSeen = truth.oversold
    // Two that sell and cover the same at once: only the lease can keep them apart.
    // What both have covered stands until neither has been heard of by the other for five seconds, and is cut then.
    // A life that starts meanwhile has first to read what both have left.
    if let last = lastMischief[.twoWriters] {
      let since = startedAt - last < Self.tidyPause ? max(last, startedAt) : last
      if now - since < Self.tidyPause { return racedSales += 1 }
    }
    // Cover waits two seconds for a lot's past and no longer; the answers that would tell it are lost or late. A life
    // that has not read the account yet writes nothing at all, however long each of its readings lacks a part (B425).
    if !isPastTold || !hasRead, hinders(at: now) { return }
    // A life that has just begun, and whom every reading may show what was before its last sale (fault RS06).
    if let last = lastMischief[.staleReads], now - last < Self.lateBound, now - startedAt < Self.tidyPause * 2 {
      return
    }
    // Sold twice, since no reading and no event told of the first sale.
    if let last = lastUnknowableSale, now - last < Self.lateBound { return }
    // Legs that stand behind what is sold already stay for as long as the operator wants nothing done.
    if isBlind(at: now) || standing.contains(.paused) { return }
    // A sale by others that crosses our leg's is a race that the venue alone can decide: until the legs were cut.
    let race = options.isFaultFree ? Self.cutBound : Self.hiddenBound
    if let last = lastForeignSale, soldUnattended || now - last < race { return }
    // A start that finds coins which nothing explains reads twice before it cuts: they may have been bought meanwhile.
    if soldBeforeStart == startedAt, now - startedAt < Self.cutBound * 2 { return }
    // The cut is on its way, again and again, and does not arrive; or the venue takes none.
    if isShut(at: now) { return }
    let isLost = lastLostCommand.map { now - $0 < Self.lateBound } ?? false  // B421
    let isCutting = lastCut.map { now - $0 < Self.lateBound || isUnanswered(since: $0) } ?? false
    if isCutting, isLost || hinders(at: now) { return }
    violate(.noOversell, now, "our sale took \(excess) more than the entries held")
  }

  /// What became of a command sent then is still asked for: the venue has answered no query since it could be given up
  /// (B429).
  private func isUnanswered(since sent: Instant) -> Bool {
    lastAnswer.map { $0 < sent + Self.lostRequestLead } ?? true
  }
}
