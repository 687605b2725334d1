import Telemetry

/// The parts of the program whose state people and load balancers ask for.
public enum ControlComponent: String, Hashable, Sendable, CaseIterable {
  /// The private stream of every account.
  case stream
  /// The REST way to the venue.
  case rest
  /// PostgreSQL and the way there.
  case mirror
  /// The cores: do they know their accounts?
  case reconciler
  case clock
  /// Which of several replicas acts.
  case lease
  /// This server.
  case control
}

/// How a component is.
public struct ComponentState: Hashable, Sendable {
  public enum Level: String, Hashable, Sendable, CaseIterable, Comparable {
    case healthy
    /// Protection goes on with less: a layer, the mirror or a second way is missing.
    case degraded
    /// It cannot do its part.
    case down

    public static func < (a: Self, b: Self) -> Bool { a.badness < b.badness }

    private var badness: Int {
      switch self {
      case .healthy: 0
      case .degraded: 1
      case .down: 2
      }
    }
  }

  public var component: ControlComponent
  public var level: Level
  /// Why, as a word such as `reconnecting`; shown without a token, so it names no symbol, order or quantity (fault
  /// SE11).
  public var code: String
  /// For people with a token.
  public var detail: String

  public init(_ component: ControlComponent, _ level: Level, code: String = "", detail: String = "") {
    self.component = component
    self.level = level
    self.code = code
    self.detail = detail
  }

  /// The code if it is one: a text that slipped in here could carry anything.
  var publicCode: String {
    let isCode = code.utf8.count <= 40 && code.utf8.allSatisfy { ($0 >= 97 && $0 <= 122) || $0 == 95 }
    return isCode ? code : "see_details"
  }
}
