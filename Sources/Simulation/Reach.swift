import Reconciler
import Venue

/// The state of the guardian in which a fault struck: how well the symbol was protected, and what its lane was doing.
public enum GuardianState: String, CaseIterable, Hashable, Sendable, Codable, CodingKeyRepresentable {
  /// No guardian ran.
  case down
  // What it said of the symbol.
  case unknown, flat, dust, covered, partial, naked
  // What its lane was doing; idle lanes are not counted.
  case placing, amending, cancelling, exiting, asking, waiting

  /// Both states of a standing.
  static func states(of standing: SymbolStanding?) -> [GuardianState] {
    guard let standing else { return [.down] }
    let protection: GuardianState =
      switch standing.protection {
      case .covered: .covered
      case .partial: .partial
      case .naked: .naked
      case .dust: .dust
      case .flat, .ignored: .flat
      case .unknown: .unknown
      }
    let activity: GuardianState? =
      switch standing.activity {
      case .placing: .placing
      case .amending: .amending
      case .cancelling: .cancelling
      case .exiting: .exiting
      case .asking: .asking
      case .waiting: .waiting
      case .still: nil
      }
    return [protection] + (activity.map { [$0] } ?? [])
  }
}

/// One cell of the table of what a campaign reached.
public struct ReachCell: Hashable, Sendable, Comparable {
  public var fault: FaultClass
  public var state: GuardianState

  public init(fault: FaultClass, state: GuardianState) {
    self.fault = fault
    self.state = state
  }

  public static func < (a: Self, b: Self) -> Bool { a.name < b.name }
  public var name: String { "\(fault.rawValue) × \(state.rawValue)" }
}

/// What a campaign reached: how often each fault struck in each state, and before which effects the process died.
public struct Reach: Sendable, Hashable, Codable {
  /// How often, by fault and state.
  public private(set) var cells: [FaultClass: [GuardianState: Int]] = [:]
  /// How often the process died before an effect of this kind in this state.
  public private(set) var crashPoints: [String: Int] = [:]

  public init() {}

  public func count(_ cell: ReachCell) -> Int { cells[cell.fault]?[cell.state] ?? 0 }

  mutating func struck(_ fault: FaultClass, in standing: SymbolStanding?) {
    for state in GuardianState.states(of: standing) { cells[fault, default: [:]][state, default: 0] += 1 }
  }

  mutating func died(before effect: String, in standing: SymbolStanding?) {
    for state in GuardianState.states(of: standing) {
      crashPoints["\(effect) while \(state.rawValue)", default: 0] += 1
    }
  }

  mutating func merge(_ other: Reach) {
    for (fault, counts) in other.cells { cells[fault, default: [:]].merge(counts, uniquingKeysWith: +) }
    crashPoints.merge(other.crashPoints, uniquingKeysWith: +)
  }

  /// Cells that could have been reached and were not.
  public var unreached: [ReachCell] {
    Self.possible.filter { count($0) == 0 }
  }

  public static let possible: [ReachCell] = FaultClass.allCases.flatMap { fault in
    GuardianState.allCases.map { ReachCell(fault: fault, state: $0) }.filter { impossible($0) == nil }
  }
}

// MARK: - What cannot happen

extension Reach {
  /// Why a fault cannot strike in a state, for the cells where it cannot. The only place that excuses a cell.
  public static func impossible(_ cell: ReachCell) -> String? {
    switch (cell.fault, cell.state) {
    case (.eventLoss, .down), (.eventCopies, .down), (.eventDelay, .down), (.streamStall, .down), (.streamCut, .down):
      "a process that is dead has no stream"
    case (.requestLoss, .down): "a process that is dead asks for nothing"
    case (.crash, .down): "a process that is dead cannot die"
    case (.rotation, .down): "a process that is dead has no stream"
    case (.twoWriters, .down): "it strikes when one of two begins or ends, and that one runs then"
    case (.clockSkew, _), (.mirrorLag, _): "it lasts for the whole world and does not strike at a moment"
    default: nil
    }
  }
}
