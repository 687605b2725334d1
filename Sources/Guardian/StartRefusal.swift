/// Why the guardian does not start. Thrown before anything was sent to the venue.
public struct StartRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The venue or the database cannot be reached, and the command cannot do without it.
    case unavailable
    /// A key is missing, unreadable, refused by the venue, or may do what it should not.
    case key
    /// Host, key, database and configuration do not belong to one environment (fault CF03).
    case environment
    /// The configuration names something that the venue does not have.
    case configuration
    /// A file or folder of ours cannot be made.
    case cannotCreate = "cannot_create"
    /// The operating system refused threads, descriptors or memory.
    case system
  }

  public var kind: Kind
  public var message: String
  public var advice: String

  public init(_ kind: Kind, _ message: String, _ advice: String) {
    self.kind = kind
    self.message = message
    self.advice = advice
  }

  public var description: String { advice.isEmpty ? message : "\(message); \(advice)" }
}
