import PaperVenue
import Reconciler
import Trading
import Venue

// What people ask of the guardian itself: stop and start it, change its configuration, pause it, flatten a symbol.
extension World {
  mutating func operate(_ actor: ActorClass) {
    switch actor {
    case .restarts: restart()
    case .reloads: reload()
    case .pauses: pause()
    case .flattens: flatten()
    default: break
    }
  }

  private mutating func ask(_ request: OperatorRequest, _ text: String) {
    trace.note(now, 63, 0, "OPERATOR \(text)")
    feed(.request(request))
  }

  /// The process ends in order: it cancels nothing, and what it wrote down is on disk (PR11). A database that is down
  /// gets it when it is back.
  private mutating func restart() {
    guard guardian != nil else { return }
    trace.note(now, 63, 1, "OPERATOR restarts the guardian")
    mirror.commit()
    if guardian?.isRestored == false { forgetEnds() }
    everywhere { $0.referee.guardianDied(at: $0.now) }
    leave()
    heap.push(
      .boot(incarnation: incarnation + 1),
      at: now + tape.duration(.milliseconds(200), .seconds(3), about: .actor(.restarts)))
  }

  /// Other bracket rules while lots are open.
  private mutating func reload() {
    bracket = Bracket(
      stop: .percent(tape.pick(["0.6", "1", "2.5"], about: .actor(.reloads))),
      takeProfits: tape.pick(Self.ladders, about: .actor(.reloads)),
      onCrossedStop: tape.pick([.exit, .exit, .clamp], about: .actor(.reloads)),
      takeProfitStyle: tape.pick([.trigger, .maker], about: .actor(.reloads)))
    brackets.append(bracket)
    ask(.reload(policy), "reloads the configuration")
  }

  static let ladders: [[Bracket.TakeProfit]] = [
    [], [Bracket.TakeProfit(.percent("1.5"), share: "1")],
    [Bracket.TakeProfit(.percent("0.7"), share: "0.5"), Bracket.TakeProfit(.percent("2"), share: "0.5")],
  ]

  private mutating func pause() {
    guard guardian != nil, !isPaused else { return }
    isPaused = true
    // Nothing is sold while it lasts.
    flattenings = []
    everywhere { $0.referee.paused(at: $0.now) }
    ask(.pause, "pauses")
    heap.push(.resume, at: now + tape.duration(.milliseconds(300), .seconds(12), about: .actor(.pauses)))
  }

  mutating func resume() {
    guard isPaused else { return }
    isPaused = false
    everywhere { $0.referee.resumed(at: $0.now) }
    ask(.resume, "resumes")
  }

  private mutating func flatten() {
    switch tape.number(0...3, about: .actor(.flattens)) {
    case 0: ask(.sweep, "wants a sweep")
    case 1: ask(.unfreeze(symbol), "unfreezes \(symbol)")
    default:
      referee.meets(.flattening, at: now)
      // What was bought a moment ago is known to nobody yet.
      if !referee.hasJustBought(at: now) {
        flattenings.append(Flattening(place: place, at: now, life: incarnation, lots: Set(truth.openLots.map(\.id))))
      }
      ask(.flatten(symbol), "flattens \(symbol)")
    }
  }
}

/// What an operator wants sold.
struct Flattening: Sendable {
  var place: Int
  var at: Instant
  /// The life that was told; the next one knows nothing of it.
  var life: Int
  var lots: Set<LotID>
  /// Since when it is seen not to be carried out, although it could be: what held the coins may have gone just now.
  var doubtedSince: Instant?
}

extension World {
  /// By then a flattened lot is sold, as far as nobody else holds its coins.
  static let flattenBound: Duration = .seconds(10)

  /// An operator's wish is carried out, or said to be impossible.
  mutating func lookAtFlattening() {
    let due = flattenings.filter { now - $0.at > Self.flattenBound }
    guard !due.isEmpty else { return }
    flattenings.removeAll { now - $0.at > Self.flattenBound }
    for wish in due where wish.life == incarnation && knowsEnough && !isPaused {
      look(at: wish.place) { $0.judge(wish) }
    }
  }

  private mutating func judge(_ wish: Flattening) {
    // What keeps news or commands back for seconds may have done so here.
    guard let ledger = exchange.ledger(of: Self.account, symbol), !referee.isExcused(at: now),
      !referee.struckLately(at: now)
    else { return }
    let left = truth.openLots.filter { wish.lots.contains($0.id) }.reduce(FixedDecimal.zero) { $0 + $1.held }
    var foreign = exchange.account(Self.account)?.balance(of: options.rules.base).lockedExternally ?? .zero
    for order in exchange.openOrders(of: Self.account, symbol)
    where order.side == .sell && !truth.isOwn(order) && order.status != .pendingNew {
      foreign = foreign + order.remainingQuantity
    }
    // What the others hold was bought since: of coins that were withdrawn meanwhile nothing comes back with them.
    let sellable = FixedDecimal.min(left, ledger.base - foreign - (truth.held - left))
    guard sellable > referee.tolerance(exchange, truth) else { return }
    let since = wish.doubtedSince ?? now
    guard now - since > Referee.cutBound else {
      var doubted = wish
      doubted.doubtedSince = since
      return flattenings.append(doubted)
    }
    referee.violate(.live, now, "\(sellable) of what was to be flattened is not sold after \(Self.flattenBound)")
  }
}
