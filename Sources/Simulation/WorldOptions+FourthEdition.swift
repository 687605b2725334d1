import PaperVenue
import Trading

// What the fourth edition adds: states that defects survived ten thousand seeds in because no world met them.
extension WorldOptions {
  mutating func drawFourthEdition(among classes: [FaultClass], plainActors: Bool) {
    var tape = Self.extrasTape(seed: seed, edition: 4)
    let isAimed = classes == FaultClass.fourthEdition
    guard isAimed || tape.chance(perMille: 200), !classes.isEmpty, isAimed || !faults.isEmpty,
      extras.always == nil
    else { return }
    switch isAimed ? 0 : tape.number(0...9) {
    case 0...3: if classes.contains(.forgottenOrder) { forgetOrders(&tape) }
    case 4, 5: dieAhead(among: classes)
    case 6, 7:
      if !plainActors, classes.contains(.twoWriters) { disagree(&tape, among: classes) }
    default:
      let striking: [FaultClass] = [.rotation, .rotation, .streamCut, .streamStall, .crash, .mirrorDown]
      let choice = striking.filter { classes.contains($0) }
      guard !choice.isEmpty else { return }
      let fault = tape.pick(choice)
      faults[fault] = faults[fault] ?? 10
      extras.atEntries = fault
      // A life that knows the entry from the mirror reads a wallet from before it.
      if classes.contains(.staleReads), tape.chance(perMille: 400) { faults[.staleReads] = 1000 }
    }
  }

  /// Answers that leave an order out, sometimes in a world without any other fault.
  private mutating func forgetOrders(_ tape: inout ChoiceTape) {
    if tape.chance(perMille: 300) {
      faults = [.forgottenOrder: 1000]
      extras.always = .forgottenOrder
      return
    }
    faults[.forgottenOrder] = Int(tape.pick([80, 200, 1000]))
    guard tape.chance(perMille: 300) else { return }
    let cells = Reach.possible.filter { $0.fault == .forgottenOrder && $0.state != .down }
    extras.aim = WorldExtras.Aim(fault: .forgottenOrder, state: tape.pick(cells).state)
  }

  /// An order is read by one reading and its fills are not, and the process dies on it.
  private mutating func dieAhead(among classes: [FaultClass]) {
    let wanted: [FaultClass: Int] = [.crash: 200, .staleReads: 1000, .eventLoss: 200]
    guard wanted.keys.allSatisfy(classes.contains) else { return }
    faults.merge(wanted) { $1 }
    extras.diesAhead = true
  }

  /// Two guardians that hear different things of an account with much to tidy.
  private mutating func disagree(_ tape: inout ChoiceTape, among classes: [FaultClass]) {
    faults[.twoWriters] = 1000
    let differing: [FaultClass] = [.eventDelay, .eventLoss, .staleReads].filter { classes.contains($0) }
    if !differing.isEmpty { faults[tape.pick(differing)] = 200 }
    actors.formUnion([.scaleIn, .manualSell, .cancelLeg])
    extras.isBusy = true
  }
}

// MARK: - What comes of it while the world runs

extension World {
  /// Strikes at the moment of an entry: what follows it is what the fault hides.
  mutating func strikeEntry() {
    guard let fault = options.extras.atEntries, faultsAct, tape.chance(perMille: 400, about: .fault(fault)),
      finds(fault)
    else { return }
    hit(fault)
  }

  mutating func commit() {
    mirror.commit()
    guard options.extras.diesAhead, faultsAct, crashesLeft > 0, guardian != nil, stale == nil,
      mirror.hasOrderAheadOfItsFills
    else { return }
    crash("while an order is ahead of its fills")
  }

  // MARK: - Forgotten orders

  /// Own legs that no answer has left out yet.
  var forgettable: [PaperOrder] {
    exchange.openOrders(of: Self.account, symbol).filter { truth.isOwn($0) && forgotten[$0.key] == nil }
  }

  /// Answers will leave out a leg, or both legs of its list.
  mutating func forgetOrder() {
    let legs = forgettable
    guard !legs.isEmpty else { return }
    let leg = tape.pick(legs, about: .fault(.forgottenOrder))
    let isWhole = tape.chance(perMille: 500, about: .fault(.forgottenOrder))
    for order in legs where order.key == leg.key || (isWhole && leg.listID != nil && order.listID == leg.listID) {
      forgotten[order.key] = .some(nil)
      trace.note(now, 66, order.id.number, "  #\(order.id) is left out of the next answers")
    }
  }

  /// Shorter than two answers have to be apart that prove an absence.
  private static let forgottenFor: ClosedRange<Duration> = .milliseconds(200) ... .milliseconds(900)

  mutating func withoutForgotten(
    _ result: Result<PaperReply, PaperError>, _ request: PaperRequest
  ) -> Result<PaperReply, PaperError> {
    guard !forgotten.isEmpty, case .success(let reply) = result else { return result }
    switch (request, reply) {
    case (.openOrders, .orders(let orders)):
      for order in orders where forgotten[order.key] == .some(nil) {
        let length = tape.duration(
          Self.forgottenFor.lowerBound, Self.forgottenFor.upperBound, about: .fault(.forgottenOrder))
        forgotten[order.key] = .some(now + length)
      }
      guard orders.contains(where: isForgotten) else { return result }
      look(at: orders[0].symbol) { $0.mischief(.forgottenOrder) }
      return .success(.orders(orders.filter { !isForgotten($0) }))
    case (.order, .order(let order)) where isForgotten(order):
      look(at: order.symbol) { $0.mischief(.forgottenOrder) }
      return .failure(.noSuchOrder)
    default: return result
    }
  }

  private func isForgotten(_ order: PaperOrder) -> Bool {
    guard order.isOpen, let until = forgotten[order.key] ?? nil else { return false }
    return now < until
  }
}
