/// How one part of the guardian is, for readiness and people.
public struct ComponentHealth: Hashable, Sendable {
  public enum Component: String, Hashable, Sendable, CaseIterable {
    case stream, rest, mirror, reconciler, clock
  }

  public enum Level: String, Hashable, Sendable, CaseIterable {
    case healthy
    /// Protection goes on with less.
    case degraded
    /// It cannot do its part.
    case down
  }

  public var component: Component
  public var level: Level
  /// Why, in a word that anybody may read: names no symbol, order or quantity (fault SE11).
  public var code: String
  /// For the operator.
  public var detail: String

  public init(_ component: Component, _ level: Level, code: String = "", detail: String = "") {
    self.component = component
    self.level = level
    self.code = code
    self.detail = detail
  }
}
