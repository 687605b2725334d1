import Trading
import Venue

// What must not be repeated at full speed: a repair that somebody keeps undoing, and a market exit that finds no
// liquidity. Only the repetition is paced; everything else of the symbol goes on, because a cover that waits is worse
// than a write too many.
extension AccountCore {
  /// Whether an action has to wait its turn. Sets the time and the alert if so.
  mutating func isPaced(_ action: PlannedAction, _ symbol: Symbol) -> Bool {
    if action.command.isExit { return isAhead(lanes[symbol]?.exitPacedUntil) }
    // A stop makes room only when the sale can follow at once.
    if action.reason == .watchedTakeProfit {
      return [lanes[symbol]?.exitPacedUntil, lanes[symbol]?.takePacedUntil, lanes[symbol]?.takeHiddenUntil]
        .contains(where: isAhead)
    }
    if action.reason == .flatten, lanes[symbol]?.memory.hasOtherWriter(at: turn.now) == true {
      return isAhead(lanes[symbol]?.flattenPacedUntil)
    }
    guard let name = name(placedBy: action, symbol) else { return false }
    let place = Lane.Place(name)
    let same = (lanes[symbol]?.repairs ?? []).filter {
      $0.place == place && turn.now - $0.at < policy.timing.duelWindow
    }
    guard same.count >= policy.timing.identicalRepairsMax, let last = same.last else { return false }
    let until = last.at + policy.timing.duelPace
    let known = lanes[symbol]?.pacedUntil ?? until
    lanes[symbol]?.pacedUntil = max(until, known)
    raise(
      .frozen, symbol.text, .critical,
      "the same protection was undone \(same.count) times within \(policy.timing.duelWindow); restored every "
        + "\(policy.timing.duelPace) until that ends")
    return turn.now < until
  }

  private func isAhead(_ moment: Instant?) -> Bool { moment.map { turn.now < $0 } ?? false }

  /// Remembers an accepted placement, so that its repetition is noticed (fault OL26). What we took down ourselves is no
  /// duel.
  mutating func noteRepair(_ action: PlannedAction, _ symbol: Symbol) {
    lanes[symbol]?.repairs.removeAll { turn.now - $0.at >= policy.timing.duelWindow }
    guard let name = name(placedBy: action, symbol) else {
      lanes[symbol]?.repairs.removeAll { $0.place.lot == action.lot }
      return
    }
    if !action.command.isExit { paceNextTake(symbol) }
    lanes[symbol]?.repairs.append(Lane.Repair(place: Lane.Place(name), at: turn.now))
  }

  private static let watchedTakePace: Duration = .seconds(2)

  /// A sale at market went through in one go: there is somebody to sell to, and the next need not wait. Unless another
  /// guardian covers what is bought meanwhile, only to see that cover taken down again (fault PR04, B384).
  mutating func endExitPace(_ symbol: Symbol) {
    lanes[symbol]?.endExitPace()
    if lanes[symbol]?.memory.hasOtherWriter(at: turn.now) == true { paceNextTake(symbol) }
  }

  /// What was bought above its take-profit is not covered and sold at full speed, piece by piece.
  private mutating func paceNextTake(_ symbol: Symbol) {
    guard let takenAt = lanes[symbol]?.takenAt, turn.now < takenAt + Self.watchedTakePace else { return }
    lanes[symbol]?.takePacedUntil = takenAt + Self.watchedTakePace
  }

  /// A sale at market that no query finds may have been made for all that: it leaves no open order behind, and a
  /// replica may lag for longer than an absence is doubted. It is asked for once more before it is made again, and a
  /// stop stands in for a take-profit until none can lag so far (faults RS03, RS06, B399).
  mutating func doubtAbsentExit(_ flight: InFlight, _ symbol: Symbol) {
    guard flight.action.command.isExit else { return }
    if flight.action.reason == .watchedTakeProfit {
      lanes[symbol]?.takeHiddenUntil = flight.sentAt + SweepSchedule.replicaLagMost
    }
    doubtExit(flight)
  }

  /// An earlier exit of the lot may have sold: it is asked for before the next one.
  mutating func doubtExit(_ flight: InFlight) {
    guard let lot = flight.action.lot else { return }
    _ = ledger.update(lot) { ($0.isWitnessed, $0.hasNoEarlierExit) = (false, false) }
  }

  /// Another guardian that was not told to flatten covers again what each list taken down lays bare (fault PR04).
  static let flattenPaceOfTwo: Duration = .milliseconds(500)

  /// After an exit the next one waits: 50 ms, doubling to a second while nothing gets covered or sold off (fault OL38).
  mutating func paceExit(_ action: PlannedAction, _ symbol: Symbol) {
    guard action.command.isExit else { return }
    // What a thin book left of a take-profit is covered again first, and tried again in a while.
    if action.reason == .watchedTakeProfit {
      lanes[symbol]?.takenAt = turn.now
      lanes[symbol]?.takePacedUntil = turn.now + Self.watchedTakePace
    }
    let row = lanes[symbol]?.exitsInARow ?? 0
    lanes[symbol]?.exitsInARow = row + 1
    lanes[symbol]?.exitPacedUntil = turn.now + min(.milliseconds(50) * (1 << min(row, 5)), .seconds(1))
  }

  // MARK: - Another guardian

  /// Another guardian writes on a symbol as well (promise I7). What it took of the room that was made says nothing
  /// about the room that there will be without it.
  mutating func hearOfOtherWriter(_ symbol: Symbol) {
    lanes[symbol, default: Lane()].memory.otherWriterAt = turn.now
    lanes[symbol]?.memory.consolidated = nil
    forgetLearnedLimit(symbol)
  }

  /// What a refusal taught of the venue's limit: an order that we had not heard of took part in its count.
  mutating func forgetLearnedLimit(_ symbol: Symbol) {
    guard let place = lanes.place(of: symbol), lanes.values[place].memory.algoRefusedAt != nil else { return }
    lanes.values[place].memory.algoOrdersMaxSeen = nil
    lanes.values[place].memory.algoRefusedAt = nil
  }

  /// Whether a leg that this life did not send was placed in its time.
  func wasPlacedByOther(_ leg: Order) -> Bool {
    guard isSynced else { return false }
    if turn.source == .stream { return true }
    guard let first = sweeps.readFirst, let created = leg.createdAt else { return false }
    return created > first
  }

  // MARK: - The past

  /// Cover does not wait longer than this for its lot's past.
  static let pastPatience: Duration = .seconds(2)
  /// A sale at market a little longer: too large a leg can be cut, what is sold cannot be taken back.
  static let pastPatienceOfExit: Duration = .seconds(4)

  /// Whether a leg or an exit waits for the past of its lot: part of it may be sold, and the name that the leg would
  /// bear may have sold it (faults DB01, RS03). So it is with a lot that this life did not hear of as it was bought,
  /// until its history was read once, and of which only the name of another leg has told us. The reading is under way.
  mutating func awaitsPast(_ action: PlannedAction) -> Bool {
    guard let id = action.lot, !action.command.placedIDs.legs.isEmpty,
      ledger[id]?.isWitnessed == false,
      sweeps.awaitsPast(of: id.symbol)
    else { return false }
    let since = lanes[id.symbol]?.awaitsPastSince ?? turn.now
    lanes[id.symbol]?.awaitsPastSince = since
    return turn.now - since < (action.command.isExit ? Self.pastPatienceOfExit : Self.pastPatience)
  }

  /// Whether an exit waits for what is asked here. A sale at market leaves no order behind whose name would collide, so
  /// a life that did not hear of the lot's purchase first asks for the sale that an earlier life may have made: its
  /// record may be lost, and the readings may lag (faults PR02, RS06).
  mutating func asksFirst(_ action: PlannedAction) -> Bool {
    guard action.command.isExit, let id = action.lot else { return false }
    guard !asksForSibling(of: id) else { return true }
    guard let account = ledger[id], !account.isWitnessed, !account.hasNoEarlierExit,
      let name = action.command.placedIDs.legs.first
    else { return false }
    ask(
      OrderQuery(symbol: id.symbol, reference: .client(name)), .earlierExit(id), lostAfter: policy.timing.queryAfter)
    lanes[id.symbol]?.retryAt = turn.now + policy.timing.queryAfter
    return true
  }

  /// A leg of whose pair the other one has ended may have sold what it stood for, unheard: it is asked for before its
  /// lot is sold at market, and not for longer than a sale waits for the past (fault ST05).
  private mutating func asksForSibling(of id: LotID) -> Bool {
    for leg in book.open(id.symbol) where name(of: leg)?.name.lot == id {
      guard let list = leg.orderListID, let told = book.lastHeard(of: leg.key),
        let ended = book.members(of: list).first(where: { !$0.isOpen }), let heard = book.lastHeard(of: ended.key),
        told < heard, turn.now - heard < Self.pastPatienceOfExit
      else { continue }
      ask(
        OrderQuery(symbol: id.symbol, reference: .venue(leg.venueOrderID)), .missing(leg.key),
        lostAfter: policy.timing.queryAfter)
      lanes[id.symbol]?.retryAt = turn.now + policy.timing.queryAfter
      return true
    }
    return false
  }

  /// The sale is not there: this life may make it. Where it is, it has been learnt.
  mutating func takeEarlierExit(_ id: LotID, _ result: QueryResult) {
    turn.dirty.insert(id.symbol)
    guard case .absent = result else { return }
    lanes[id.symbol]?.retryAt = nil
    _ = ledger.update(id) { $0.hasNoEarlierExit = true }
  }

  private func name(placedBy action: PlannedAction, _ symbol: Symbol) -> LegName? {
    action.command.placedIDs.legs.first.flatMap {
      LegName.parse($0, symbol: symbol, key: policy.tagKey, account: policy.account)?.name
    }
  }
}

extension VenueCommand {
  /// A sale at market.
  var isExit: Bool {
    switch self {
    case .placeLeg(let leg): leg.terms.type == .market
    case .placeOCO, .amend, .cancelOrder, .cancelList, .placeEntry: false
    }
  }
}
