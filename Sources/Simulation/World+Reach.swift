import PaperVenue
import Reconciler
import Trading
import Venue

// What the world notes about itself: faults by the state that they met, and the time that counts.
extension World {
  /// The guardian's, or that of the one that has lost its lease while the next is still to start.
  var standing: SymbolStanding? {
    // Asked at its place: a guardian is large, and this is asked after every happening.
    guard guardian != nil else { return stale?.guardian?.core.standing(of: symbol) }
    return guardian?.core.standing(of: symbol)
  }

  /// A fault has its effect now.
  mutating func mischief(_ fault: FaultClass) {
    if fault.strikesOneSymbol || markets.count == 1 {
      referee.mischief(fault, at: now)
      reach.struck(fault, in: standing)
    } else {
      everywhere {
        $0.referee.mischief(fault, at: $0.now)
        $0.reach.struck(fault, in: $0.standing)
      }
    }
  }

  mutating func crashes(before effect: Effect) {
    reach.died(before: effect.kind, in: standing)
    crash("before effect: \(effect.label)")
  }

  /// Called before time moves on to `next`.
  mutating func passTime(to next: Instant) {
    let isHeld = markets.contains { !$0.truth.openLots.isEmpty }
    exposure.pass(next - now, isHeld: isHeld, isWriting: guardian?.core.hasWriteInFlight == true)
  }
}

/// The simulated time that counts: something was held, or a write was in flight.
public struct Exposure: Sendable, Hashable, Codable {
  public private(set) var milliseconds: Int64 = 0
  /// Flat to exposed.
  public private(set) var episodes = 0
  private var microseconds: Int64 = 0
  private var wasHeld = false

  public init() {}

  mutating func pass(_ time: Duration, isHeld: Bool, isWriting: Bool) {
    if isHeld && !wasHeld { episodes += 1 }
    wasHeld = isHeld
    guard isHeld || isWriting else { return }
    microseconds += time.wholeNanoseconds / 1000
    milliseconds += microseconds / 1000
    microseconds %= 1000
  }

  mutating func merge(_ other: Exposure) {
    milliseconds += other.milliseconds
    episodes += other.episodes
  }
}

extension Effect {
  /// What kind of effect, for counting.
  var kind: String {
    switch self {
    case .send(_, let command, _): "send \(command.name)"
    case .query: "query"
    case .requestSnapshot: "snapshot"
    case .requestInstruments: "instruments"
    case .setTimer: "set timer"
    case .cancelTimer: "cancel timer"
    case .record: "record"
    case .alert: "alert"
    case .entryReport: "entry report"
    }
  }
}
