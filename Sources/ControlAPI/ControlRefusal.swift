/// Why a request is not done: what the caller reads in `{"error":{"code","message","hint"}}`. Never carries a secret.
public struct ControlRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// The request itself is wrong.
    case invalid
    case unauthorized
    case forbidden
    case notFound
    case methodNotAllowed
    case tooLarge
    case unsupportedMediaType
    /// Understood, and the answer is no.
    case refused
    case tooMany
    case unavailable

    var status: Int {
      switch self {
      case .invalid: 400
      case .unauthorized: 401
      case .forbidden: 403
      case .notFound: 404
      case .methodNotAllowed: 405
      case .tooLarge: 413
      case .unsupportedMediaType: 415
      case .refused: 422
      case .tooMany: 429
      case .unavailable: 503
      }
    }
  }

  public var kind: Kind
  /// Snake case, for programs.
  public var code: String
  public var message: String
  /// What to do about it.
  public var hint: String

  public init(_ kind: Kind, _ code: String, _ message: String, hint: String) {
    self.kind = kind
    self.code = code
    self.message = message
    self.hint = hint
  }

  public var description: String { "\(code): \(message); \(hint)" }
}
