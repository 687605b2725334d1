/// Where a listener was bound.
public struct ServerAddress: Hashable, Sendable {
  public let host: String
  public let port: Int
}
