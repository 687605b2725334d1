import PaperVenue
import Reconciler
import Trading
import Venue

/// A guardian that another replica has taken the lease from, and that goes on because nobody told it (PR04, PR05).
struct StaleGuardian: Sendable {
  var incarnation: Int
  var guardian: GuardianProcess?
  var effectsUntilCrash: Int?
  var clockError: Duration
}

// Two guardians with one tag key write for some seconds (promise I7): the one that holds the lease now and reads
// everything first, and the one that held it before. The database takes nothing from the latter any more.
extension World {
  /// Legs of the other that one of them may take down while both write: hygiene after a race, not a duel.
  static let undoneMax = 8

  /// Whether something happens to the process that has lost its lease.
  func isOfStale(_ happening: Happening) -> Bool {
    guard let stale else { return false }
    return happening.belongs(to: stale.incarnation, stale.guardian, connections)
  }

  /// Lets the other process act, or the first one again.
  mutating func swapGuardians() {
    guard var other = stale else { return }
    stale = nil
    swap(&guardian, &other.guardian)
    swap(&incarnation, &other.incarnation)
    swap(&effectsUntilCrash, &other.effectsUntilCrash)
    swap(&clockError, &other.clockError)
    actsForStale.toggle()
    stale = other
  }

  /// Another replica gets the lease; the one that held it lives on for a while.
  mutating func takeOver() {
    guard let guardian, stale == nil else { return }
    trace.note(now, 64, Int64(incarnation), "TAKEOVER: life \(incarnation) has lost its lease and goes on")
    loseUncommitted()
    displaced.insert(incarnation)
    stale = StaleGuardian(
      incarnation: incarnation, guardian: guardian, effectsUntilCrash: nil, clockError: clockError)
    self.guardian = nil
    undone = 0
    let pause = tape.duration(.milliseconds(20), .seconds(1), about: .fault(.twoWriters))
    heap.push(.boot(incarnation: incarnation + 1), at: now + pause)
    let life = tape.duration(.seconds(1), .seconds(12), about: .fault(.twoWriters))
    heap.push(.staleDies(incarnation: incarnation), at: now + pause + life)
  }

  mutating func staleDies(_ number: Int) {
    guard let stale, stale.incarnation == number else { return }
    mischief(.twoWriters)
    trace.note(now, 64, Int64(number), "life \(number), which had lost its lease, ends")
    for index in connections.indices where connections[index].incarnation == number { connections[index].state = .gone }
    self.stale = nil
  }

  /// Before a command is executed: whether another life placed the same while two of them wrote. The last words of one
  /// that had lost its lease may arrive after its end (B436).
  func isRaced(_ command: VenueCommand, life: Int) -> Bool {
    let outlived = stale == nil && displaced.contains(life)
    return command.placedOrderIDs.contains { placer[$0].map { $0 != life } ?? outlived }
  }

  /// After the venue has taken a command: what it refused stands in nobody's name.
  mutating func noteWriter(of command: VenueCommand, life: Int) {
    guard stale != nil || displaced.contains(life) else { return }
    for id in command.placedOrderIDs { placer[id] = life }
  }

  /// Whether an order stands as a life without the lease placed it. What that life had heard of the lots is written
  /// down nowhere: the one that holds the lease may take another lot for the one that is left (B431).
  func wasPlacedWithoutLease(_ order: PaperOrder) -> Bool {
    placer[order.clientOrderID].map(displaced.contains) ?? false
  }

  /// Before a command is executed: whether it takes down a leg of the other that it should leave. An operator's wish to
  /// sell is known to one of them only, so that undoing is not theirs; nor is a sale at its take-profit.
  func undoes(_ command: VenueCommand, id: Int64, life: Int) -> Bool {
    let reason = referee.reason(id, life)
    guard stale != nil, reason != "flatten", reason != "watched_take_profit" else { return false }
    let targets = exchange.openOrders(of: Self.account, command.symbol).filter { command.takesDown($0) }
    let other = life == incarnation ? stale?.incarnation : incarnation
    guard let other, targets.contains(where: { placer[$0.clientOrderID] == other }) else { return false }
    // A trigger that hangs protects nobody, and the sooner either takes it down the better (fault OL13).
    guard !targets.contains(where: \.hangs) else { return false }
    // What stands behind nothing that is held is nobody's to keep.
    let taken = targets.reduce(FixedDecimal.zero) { FixedDecimal.max($0, $1.remainingQuantity) }
    return reason != "orphan" || ownLegs - taken < truth.held
  }

  /// After the venue has taken such a command: what it refused took nothing down (B424).
  mutating func noteUndoing() {
    undone += 1
    guard undone > Self.undoneMax else { return }
    referee.violate(.fenced, now, "two guardians took down more than \(Self.undoneMax) of each other's legs")
  }
}

extension VenueCommand {
  /// A sale at market.
  var isExit: Bool { if case .placeLeg(let leg) = self { leg.terms.type == .market } else { false } }

  fileprivate func takesDown(_ order: PaperOrder) -> Bool {
    switch self {
    case .cancelOrder(let cancel): order.id == cancel.venueOrderID
    case .cancelList(let cancel): order.listID == cancel.orderListID
    case .amend, .placeOCO, .placeLeg, .placeEntry: false
    }
  }
}

extension Happening {
  /// Whether it is this process that it happens to.
  func belongs(to number: Int, _ guardian: GuardianProcess?, _ connections: [Connection]) -> Bool {
    switch self {
    case .mirrorRead(let incarnation, _), .connect(let incarnation, _), .refusal(let incarnation, _),
      .instrumentsAgain(let incarnation, _), .timer(let incarnation, _, _):
      incarnation == number
    case .subscribed(let id), .streamOpens(let id), .streamBreaks(let id, _), .retire(let id), .delivery(let id, _):
      connections[id].incarnation == number
    case .arrival(let call): call.incarnation == number
    case .reply(let call, _), .timeout(let call), .hedge(let call): guardian?.calls[call] != nil
    case .boot, .commit, .price, .otherPrice, .fillPiece, .actor, .elsewhere, .fault, .faultEnds, .resume,
      .staleDies, .heal, .rest, .end:
      false
    }
  }
}
