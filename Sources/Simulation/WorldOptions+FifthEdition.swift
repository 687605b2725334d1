import PaperVenue
import Reconciler
import Trading
import Venue

// What the fifth edition adds: lots side by side that are protected each in its own way.
extension WorldOptions {
  mutating func drawFifthEdition() {
    var tape = Self.extrasTape(seed: seed, edition: 5)
    guard tape.chance(perMille: 150) else { return }
    actors.insert(.ownBrackets)
    if tape.chance(perMille: 600) { actors.insert(.scaleIn) }
  }
}

// MARK: - What comes of it while the world runs

extension World {
  /// A bracket that the bot names for one entry; `nil` where it leaves that to the account.
  mutating func drawBracket() -> Bracket? {
    guard options.actors.contains(.ownBrackets), tape.chance(perMille: 700, about: .actor(.ownBrackets)) else {
      return nil
    }
    let bracket = Bracket(
      stop: .percent(tape.pick(["0.4", "1", "3"], about: .actor(.ownBrackets))),
      takeProfits: tape.pick(Self.ladders, about: .actor(.ownBrackets)),
      onCrossedStop: tape.pick([.exit, .exit, .clamp], about: .actor(.ownBrackets)),
      takeProfitStyle: tape.pick([.trigger, .maker], about: .actor(.ownBrackets)))
    brackets.append(bracket)
    return bracket
  }

  /// The name of an entry that goes to the venue at once; Backstop may have been told its bracket before.
  mutating func newEntryID() -> ClientOrderID {
    let id = newClientID("bot")
    if let bracket = drawBracket() { name(bracket, for: id) }
    return id
  }

  /// Another bracket for an entry whose lot is open already, or that is yet to fill.
  mutating func nameBracketAnew() {
    let entries = truth.openLots.map(\.id) + markets[place].restingEntries
    guard !entries.isEmpty else { return }
    let entry = tape.pick(entries, about: .actor(.ownBrackets))
    guard let order = exchange.order(of: Self.account, entry), let bracket = drawBracket() else { return }
    name(bracket, for: order.clientOrderID)
  }

  private mutating func name(_ bracket: Bracket, for entry: ClientOrderID) {
    trace.note(now, 67, 0, "BOT names a bracket for \(entry): \(bracket.stop.map { "\($0)" } ?? "no stop")")
    feed(.bracket(BracketRegistration(entryClientOrderID: entry, symbol: symbol, bracket: bracket, strategy: nil)))
  }
}
