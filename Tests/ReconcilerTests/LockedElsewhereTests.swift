@testable import Reconciler
import Testing
import Trading
import Venue

/// Part of the wallet is locked by something that is no order: collateral of another product (fault OL22).
struct LockedElsewhereTests {
  private static let stopOnly = Bracket(stop: .percent("1"), takeProfits: [])

  /// 0.1 bought, 0.0999 in the wallet, of which another product locked 0.02 before the stop was placed.
  private func lockedVenue() -> ScriptedVenue {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.0799", locked: "0.02")
    venue.reject(.insufficientBalance)
    venue.venueTime = venue.venueTime + .milliseconds(10)
    venue.answerSnapshots()
    return venue
  }

  /// The figure after what we placed is locked as well.
  private func tellBalance(_ venue: inout ScriptedVenue, free: FixedDecimal, locked: FixedDecimal) {
    venue.venueTime = venue.venueTime + .milliseconds(1)
    venue.balances["BTC"] = Balance(asset: "BTC", free: free, locked: locked)
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
  }

  @Test func `after a refusal the free 0.0799 of 0.0999 get a stop, and the rest is said to be held`() {
    var venue = lockedVenue()
    venue.advance(.milliseconds(250))
    venue.accept()
    tellBalance(&venue, free: .zero, locked: "0.0999")
    #expect(venue.stopQuantity == "0.0799")
    #expect(venue.coverage?.state == .partial)
    #expect(venue.coverage?.reasons == ["base_locked_by_foreign_order"])
    #expect(venue.standing(.baseLocked))
  }

  @Test func `what stays locked for ten minutes costs no further write`() {
    var venue = lockedVenue()
    venue.advance(.milliseconds(250))
    venue.accept()
    tellBalance(&venue, free: .zero, locked: "0.0999")
    let sent = venue.sent.count
    for _ in 0..<60 {
      venue.advance(.seconds(10))
      venue.answerSnapshots()
    }
    #expect(venue.sent.count == sent)
  }

  @Test func `the same figure of a later moment shows that what seemed locked was our own stop`() {
    var venue = lockedVenue()
    venue.advance(.milliseconds(250))
    // The reading that followed the refusal already had the new stop's lock, and not the stop.
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.0799", locked: "0.0999")
    venue.feed(.request(.sweep))
    let reading = venue.snapshotsAsked
    venue.answerSnapshots()
    #expect(!reading.isEmpty)
    venue.accept()
    let sent = venue.sent.count
    tellBalance(&venue, free: "0.0799", locked: "0.0999")
    #expect(venue.sent.count > sent || venue.coverage?.state == .covered)
  }

  @Test func `the release has the account read, and the rest gets its stop at once`() {
    var venue = lockedVenue()
    venue.advance(.milliseconds(250))
    venue.accept()
    tellBalance(&venue, free: .zero, locked: "0.0999")
    venue.advance(.milliseconds(100))
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.02", locked: "0.0799")
    venue.feed(.event(.externalLock("BTC", by: "-0.02", at: venue.venueTime)))
    venue.answerSnapshots()
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
    #expect(venue.coverage?.state == .covered)
    let isStanding = venue.standing(.baseLocked)
    #expect(!isStanding)
  }

  @Test func `a figure that is ahead of our own order's event takes nothing from the rest for long`() {
    var venue = lockedVenue()
    venue.advance(.milliseconds(250))
    venue.executeSilently()
    // The figure knows of our stop before we do, and another product's lock is gone with it.
    tellBalance(&venue, free: "0.02", locked: "0.0799")
    if let stop = venue.restingStops.first { venue.tell(stop, .new, nil) }
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
  }

  @Test func `what our own cancel frees is placed again in one piece, before its balance is told`() {
    var venue = lockedVenue()
    venue.advance(.milliseconds(250))
    venue.accept()
    tellBalance(&venue, free: .zero, locked: "0.0999")
    guard let stop = venue.restingStops.first else { return }
    venue.cancelByHand(stop)
    guard case .placeLeg(let leg) = venue.sent.last else { return }
    #expect(leg.quantity == "0.0799")
  }

  @Test func `a figure that came before the stop that it tells of does not lock its 0.0799 when that is gone`() {
    var venue = lockedVenue()
    venue.advance(.milliseconds(250))
    venue.executeSilently()
    tellBalance(&venue, free: .zero, locked: "0.0999")
    guard let stop = venue.restingStops.first else { return #expect(Bool(false)) }
    venue.tell(stop, .new, nil)
    venue.cancelByHand(stop)
    guard case .placeLeg(let leg) = venue.pending.first?.command else {
      return #expect(Bool(false), "no stop is placed again")
    }
    #expect(leg.quantity == "0.0799")
  }

  @Test func `what is bought after a refusal for want of balance is not held to the figure before it`() {
    var venue = lockedVenue()
    venue.advance(.milliseconds(250))
    venue.accept()
    let order = venue.makeOrder(id: "bot2", side: .buy, type: .market, quantity: "0.05")
    let known = venue.balances
    venue.fill(order.venueOrderID, "0.05", at: "60000", tell: false)
    // Its balance is not told.
    if let filled = venue.orders[order.venueOrderID] { venue.tell(filled, .trade, venue.fills.last) }
    venue.balances = known
    #expect(venue.sent.last?.name == "place_leg")
    #expect(venue.pending.count == 1)
  }

  @Test func `a sale of 0.02 in the reading itself is not a second lock, though its clock is a second ahead`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    var sale = venue.makeOrder(id: "bot", side: .sell, type: .limit, quantity: "0.02")
    sale.createdAt = venue.venueTime + .seconds(1)
    sale.updatedAt = venue.venueTime + .seconds(1)
    venue.orders[sale.venueOrderID] = sale
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.0799", locked: "0.02")
    venue.reject(.insufficientBalance)
    venue.venueTime = venue.venueTime + .milliseconds(10)
    venue.answerSnapshots()
    venue.advance(.milliseconds(250))
    venue.accept()
    #expect(venue.stopQuantity == "0.0799")
  }

  @Test func `an order event that is ahead of its balance holds nothing back`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    tellBalance(&venue, free: .zero, locked: "0.0999")
    guard var stop = venue.restingStops.first else { return }
    stop.status = .canceled
    stop.updatedAt = venue.venueTime
    venue.orders[stop.venueOrderID] = stop
    // The balance that the cancel freed is not told yet.
    venue.tell(stop, .canceled, nil)
    #expect(venue.sent.last?.name == "place_leg")
    #expect(venue.sent.count == 2)
  }
}
