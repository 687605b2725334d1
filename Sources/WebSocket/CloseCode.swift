/// A status code of a Close frame (RFC 6455 section 7.4, and the registry it opens in section 11.7).
///
/// An open set: servers may send any registered or private code, so this is a number with names and not an enum.
public struct CloseCode: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// The purpose of the connection is fulfilled.
  public static let normal = CloseCode(rawValue: 1000)
  /// The endpoint goes away: a server shuts down, a client leaves.
  public static let goingAway = CloseCode(rawValue: 1001)
  /// A protocol error ended the connection.
  public static let protocolError = CloseCode(rawValue: 1002)
  /// A kind of data came that the endpoint cannot accept.
  public static let unsupportedData = CloseCode(rawValue: 1003)
  /// Never on the wire: stands for a Close frame without a code.
  public static let noStatusReceived = CloseCode(rawValue: 1005)
  /// Never on the wire: stands for a connection that ended without a Close frame.
  public static let abnormal = CloseCode(rawValue: 1006)
  /// Data did not match its type, such as text that is not UTF-8.
  public static let invalidPayload = CloseCode(rawValue: 1007)
  /// The endpoint's policy was violated.
  public static let policyViolation = CloseCode(rawValue: 1008)
  /// A message was larger than the endpoint takes.
  public static let messageTooBig = CloseCode(rawValue: 1009)
  /// The client wanted an extension that the server did not grant.
  public static let mandatoryExtension = CloseCode(rawValue: 1010)
  /// The server met a condition it did not expect.
  public static let internalError = CloseCode(rawValue: 1011)
  /// The service restarts; come back later (registered after the RFC).
  public static let serviceRestart = CloseCode(rawValue: 1012)
  /// The service is overloaded; come back later (registered after the RFC).
  public static let tryAgainLater = CloseCode(rawValue: 1013)
  /// A gateway got a bad answer from upstream (registered after the RFC).
  public static let badGateway = CloseCode(rawValue: 1014)

  /// Whether the code may stand in a Close frame.
  ///
  /// RFC 6455 section 7.4.2: 0 to 999 are unused; 1004 to 1006 and 1015 are reserved and never sent; the rest of 1000
  /// to 2999 belongs to the protocol and counts only once registered; 3000 to 4999 is for libraries and applications.
  public var isAllowedOnWire: Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}

extension CloseCode: CustomStringConvertible {
  public var description: String {
    switch self {
    case .normal: "1000 normal"
    case .goingAway: "1001 going away"
    case .protocolError: "1002 protocol error"
    case .unsupportedData: "1003 unsupported data"
    case .noStatusReceived: "1005 no status"
    case .abnormal: "1006 abnormal"
    case .invalidPayload: "1007 invalid payload"
    case .policyViolation: "1008 policy violation"
    case .messageTooBig: "1009 message too big"
    case .mandatoryExtension: "1010 mandatory extension"
    case .internalError: "1011 internal error"
    case .serviceRestart: "1012 service restart"
    case .tryAgainLater: "1013 try again later"
    case .badGateway: "1014 bad gateway"
    default: "\(rawValue)"
    }
  }
}
