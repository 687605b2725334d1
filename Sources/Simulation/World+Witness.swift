import PaperVenue
import Reconciler
import Trading
import Venue

// What is looked at from time to time, because looking after every happening would cost too much: what the guardian
// says while something is naked for long, and where its stops stand.
extension World {
  static let lookInterval: Duration = .seconds(1)
  /// By then even a fact that came late is known, and an alert is due (promise I8): a start that loses an answer or two
  /// takes some seconds, and the alert has five of its own.
  static let tellingBound: Duration = .seconds(20)
  /// After the last alert another one is due within this.
  static let alertBound: Duration = .seconds(10)
  /// More commands than this in ten looks are a loop: an account with many lots in a whipsaw sends some dozens.
  static let commandsMaxOfSymbol = 150
  /// Legs beyond what is held are gone by then.
  static let excessBound: Duration = .seconds(10)
  /// A wallet that seems too small is read again by then.
  static let withheldBound: Duration = .seconds(3)
  /// A stop may stand this much farther from the entry than its level: filters may have become coarser, and what filled
  /// since has moved the average.
  static let stopSlack: FixedDecimal = "1.5"
  static let hundredth: FixedDecimal = "0.01"

  mutating func look() {
    nextLook = now + Self.lookInterval
    everywhere {
      $0.lookAtTelling()
      $0.lookAtAlert()
      $0.lookAtShowing()
      $0.lookAtExcess()
      $0.lookAtWithheld()
      $0.lookAtSplit()
      $0.lookAtStops()
    }
    lookAtPace()
    lookAtFlattening()
  }

  /// What is refused or undone is not repeated at full speed (promise I9, faults OL26 and OL38). What is sold in
  /// pieces, because the venue takes no larger ones or fills an entry in them, is no repetition. Each symbol has a pace
  /// of its own (B393), and so has each of two guardians (B405).
  private mutating func lookAtPace() {
    let commandsMax = Self.commandsMaxOfSymbol * markets.count * (options.has(.twoWriters) ? 2 : 1)
    commandCounts.append(markets.reduce(0) { $0 + $1.referee.commands.values.reduce(-$1.referee.sales, +) })
    if commandCounts.count > 10 { commandCounts.removeFirst() }
    guard let first = commandCounts.first, let last = commandCounts.last, last - first > commandsMax else { return }
    referee.violate(.live, now, "more than \(commandsMax) commands within \(Self.lookInterval * 10)")
  }

  /// "Protected" is never shown of what has been naked for long, and an alert stands.
  private mutating func lookAtTelling() {
    guard let since = referee.nakedSince, knowsEnough, let guardian else { return }
    let status = guardian.core.status
    if status.alerts.contains(where: { $0.kind == "naked" && $0.isStanding }) { referee.nakedAlertedAt = now }
    // What was naked was sold and something else became naked at once: its alert has five seconds of its own.
    let told = referee.nakedAlertedAt ?? since
    guard status.isKnown, now - since > Self.tellingBound, now - told > Self.alertBound else { return }
    let shown = status.coverage.filter { $0.symbol == symbol }.map(\.state.rawValue).joined(separator: ", ")
    referee.violate(.tell, now, "naked for more than \(Self.tellingBound), shown as '\(shown)', and no alert stands")
  }

  /// While the guardian's own naked timer has run out an alert stands, whatever faults there are (promise I8).
  private mutating func lookAtAlert() {
    guard let since = guardian?.core.nakedSince(symbol),
      now - since > policy.timing.nakedAlertAfter + Self.lookInterval, let alerts = guardian?.core.status.alerts,
      !alerts.contains(where: { $0.kind == "naked" && $0.subject == symbol.text && $0.isStanding })
    else { return }
    referee.violate(.tell, now, "the naked timer runs since \(since.nanoseconds / 1_000_000) ms, and no alert stands")
  }

  /// "Protected" is never shown while the guardian's own naked timer runs, nor of what the ledger has seen without a
  /// stop for long, even where nothing could be done about it (promise I8).
  private mutating func lookAtShowing() {
    guard standing?.protection == .covered else {
      shownSince[place] = nil
      return
    }
    if guardian?.core.nakedSince(symbol) != nil {
      referee.violate(.tell, now, "shown as covered while a naked timer runs")
    }
    guard options.extras != WorldExtras() || !options.actors.isDisjoint(with: ActorClass.secondEdition) else { return }
    let bare = referee.bare(exchange, truth)
    guard bare > referee.tolerance(exchange, truth), knowsEnough else {
      shownSince[place] = nil
      return
    }
    let since = shownSince[place] ?? now
    shownSince[place] = since
    guard now - since > Self.tellingBound else { return }
    referee.violate(.tell, now, "\(bare) has had no stop for \(Self.tellingBound), and is shown as covered")
  }

  /// On Spot no more stands behind an entry than it holds (promise I2, nominal): what a sale by others leaves too much
  /// is cut within seconds.
  private mutating func lookAtExcess() {
    // Nothing can be cut while the venue takes nothing: counted from when it does again.
    let isBarred = throttledUntil.map { now < $0 } ?? false
    guard !isPaused, knowsEnough, !isBarred, !referee.isShut(at: now), let excess else {
      excessSince[place] = nil
      return
    }
    let since = excessSince[place] ?? now
    excessSince[place] = since
    if now - since > Self.excessBound { referee.violate(.noOversell, now, "for \(Self.excessBound) \(excess)") }
  }

  /// A stop is not withheld for want of coins that are there: a reading that nothing explains may be a lagging
  /// replica's (race R7). Only a refusal makes the guardian believe it, for ten seconds.
  private mutating func lookAtWithheld() {
    guard referee.nakedSince != nil, !isPaused, !options.hidesActivation,
      !options.faults.keys.contains(where: { $0.hidesEvents || $0.delaysNews }),
      referee.lastBalanceRefusal.map({ now - $0 > Self.excessBound }) ?? true,
      let rows = guardian?.core.status.coverage.filter({ $0.symbol == symbol }),
      rows.contains(where: { $0.reasons.contains("wallet_short") })
    else {
      withheldSince[place] = nil
      return
    }
    let since = withheldSince[place] ?? now
    withheldSince[place] = since
    guard now - since >= Self.withheldBound else { return }
    referee.violate(.cover, now, "for \(Self.withheldBound) a stop is withheld for want of coins that are there")
  }

  /// A life waits this long for the past of a lot before it protects all that it knows to be held.
  private static let pastBound: Duration = .seconds(2)

  /// What was bought before this life began may be sold: no leg is placed over it before its symbol's history was read,
  /// unless that takes too long (promise I7).
  mutating func judgePast(_ command: VenueCommand) {
    guard let guardian, !command.isExit, guardian.historiesTold[command.symbol] == nil,
      now - guardian.bornAt < Self.pastBound, let leg = command.placedOrderIDs.first, let lot = truth.lot(ofLeg: leg),
      let entry = exchange.order(of: Self.account, lot), !entry.isOpen,
      entry.updatedAt < Self.epoch + .nanoseconds(guardian.bornAt.nanoseconds)
    else { return }
    referee.violate(.fenced, now, "\(command.text) before the history of its lot \(lot) was read")
  }

  /// Others that leave legs and wallet alone.
  private static let harmless: Set<ActorClass> = [.scaleIn, .directEntries, .restarts, .reloads, .pauses]

  /// The share of a purchase that counts as its fee for who has read of its order and not heard of its fill: the
  /// guardian's `LotAccount.assumedFeeRate`, held against it here from outside.
  private static let feeOfUnheardFill: FixedDecimal = "0.001"

  /// What is bought in one piece has stops over all of it but less than two steps, however it is split between
  /// take-profits: what is too small for a stop of its own goes with another part. Unless it was a fee for all that was
  /// known when the stops were placed (B432).
  private mutating func lookAtSplit() {
    guard guardian?.hasRead == true, options.isFaultFree, options.actors.isSubset(of: Self.harmless), !isPaused,
      truth.openLots.count == 1, let lot = truth.openLots.first, lot.isOfOnePiece, !lot.isPartlySold,
      lot.held > referee.tolerance(exchange, truth),
      let step = exchange.rules(of: symbol)?.filters.stepSize,
      referee.uncovered(exchange, truth) > step + step + lot.held * Self.feeOfUnheardFill
    else {
      splitSince[place] = nil
      return
    }
    let since = splitSince[place] ?? now
    splitSince[place] = since
    guard now - since > Referee.oneFaultBound else { return }
    referee.violate(.cover, now, "\(referee.uncovered(exchange, truth)) of \(lot.held) has no stop, and could have one")
  }

  /// Nothing hides facts from the guardian, and it has run for a while: under one fault class at ordinary strength.
  var knowsEnough: Bool {
    guard guardian?.connection != nil, !options.hidesActivation, options.faults.count <= 1,
      !options.faults.keys.contains(where: { $0.hidesEvents || $0.delaysNews }),
      options.faults.values.allSatisfy({ $0 <= 200 })
    else { return false }
    return guardian.map { now - $0.openedAt > Self.tellingBound } ?? false
  }

  /// An own stop stands where its lot's bracket says, or nearer: one far below the entry is no stop.
  private mutating func lookAtStops() {
    guard let percent = widestStop else { return }
    let least = FixedDecimal.one - percent * Self.stopSlack * Self.hundredth
    for order in exchange.openOrders(of: Self.account, symbol) where order.stopPrice.isPositive {
      guard let lot = truth.lot(of: order),
        let entry = exchange.order(of: Self.account, lot),
        let price = entry.executedQuote.divided(by: entry.executedQuantity), order.stopPrice < price * least
      else { continue }
      referee.violate(.cover, now, "the stop #\(order.id) at \(order.stopPrice) is far from its entry at \(price)")
    }
  }

  /// The farthest stop that any configuration has asked for; `nil`: they may stand anywhere.
  private var widestStop: FixedDecimal? {
    var widest = FixedDecimal.zero
    for bracket in brackets {
      guard bracket.onCrossedStop != .clamp, case .percent(let percent) = bracket.stop else { return nil }
      widest = FixedDecimal.max(widest, percent)
    }
    return widest
  }
}
