public import Trading
public import Venue

/// Renders calls into the bytes that are sent: a frame for the WebSocket API or an HTTP request, signed (binance.md
/// §1.3).
public struct SpotRequests: Sendable {
  public enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The call has no REST twin.
    case webSocketOnly(String)

    public var description: String {
      switch self {
      case .webSocketOnly(let method): "\(method) exists on the WebSocket API only: send it as a frame"
      }
    }
  }

  /// What authenticates a frame.
  public enum Authentication: Hashable, Sendable {
    /// Key and signature in the frame.
    case signature
    /// The session is logged on: a timestamp is enough, which saves a signature on the protective path.
    case session
  }

  public let credential: RequestCredential

  public init(credential: RequestCredential) { self.credential = credential }

  /// A WebSocket API request. `now` is venue-corrected time; without a `receiveWindow` the venue applies 5 s. A write
  /// with a small window can no longer execute once it has passed (binance.md §1.4).
  /// - Throws: what the credential's signer throws.
  public func frame(
    _ call: SpotCall, id: SpotReply.ID, at now: Timestamp, receiveWindow: Duration? = nil,
    authentication: Authentication = .signature
  ) throws -> StreamFrame {
    var parameters = call.parameters
    if isSigned(call, authentication) {
      parameters.append(RequestParameter("apiKey", credential.apiKey))
      appendTiming(to: &parameters, now, receiveWindow)
      parameters.sortByName()
      var payload = RequestText()
      for parameter in parameters { payload.appendPair(parameter) }
      parameters.append(RequestParameter("signature", try credential.signature(of: payload.bytes)))
    } else if call.security == .signed {
      appendTiming(to: &parameters, now, receiveWindow)
    }
    return StreamFrame(text: Self.frameText(call.method, parameters, id: id), label: call.label)
  }

  private func isSigned(_ call: SpotCall, _ authentication: Authentication) -> Bool {
    switch call.security {
    case .open: false
    case .alwaysSigned: true
    case .signed: authentication == .signature
    }
  }

  private static func frameText(_ method: StaticString, _ parameters: [RequestParameter], id: SpotReply.ID) -> [UInt8] {
    var text = RequestText()
    text.append("{\"id\":")
    switch id {
    case .number(let number): text.append(number)
    case .text(let word): text.appendQuoted(word)
    case .none: text.append("null")
    }
    text.append(",\"method\":\"")
    text.append(method)
    text.append("\",\"params\":{")
    for (index, parameter) in parameters.enumerated() { text.appendMember(parameter, isFirst: index == 0) }
    text.append("}}")
    return text.bytes
  }

  /// A REST request. What is signed is what is sent, byte for byte, percent-encoded once; POST and PUT carry it as a
  /// form, so that it stays out of access logs.
  /// - Throws: `Refusal.webSocketOnly`, or what the credential's signer throws.
  public func request(_ call: SpotCall, at now: Timestamp, receiveWindow: Duration? = nil) throws -> HTTPRequest {
    guard let rest = call.rest else { throw Refusal.webSocketOnly(call.label) }
    var parameters = call.parameters
    if call.security != .open { appendTiming(to: &parameters, now, receiveWindow) }
    var text = RequestText()
    for parameter in parameters { text.appendEncodedPair(parameter) }
    var request = HTTPRequest(
      method: rest.method, target: rest.path.description, weight: call.weight, purpose: call.purpose,
      isRead: call.isRead, label: rest.method.rawValue + " " + rest.path.description)
    if call.security != .open {
      text.appendEncodedPair(RequestParameter("signature", try credential.signature(of: text.bytes)))
      request.headers.append(HTTPRequest.Header("X-MBX-APIKEY", credential.apiKey))
    }
    switch rest.method {
    case .post, .put:
      request.headers.append(HTTPRequest.Header("Content-Type", "application/x-www-form-urlencoded"))
      request.body = text.bytes
    case .get, .delete:
      if !text.bytes.isEmpty { request.target += "?" + String(decoding: text.bytes, as: UTF8.self) }
    }
    return request
  }

  private func appendTiming(to parameters: inout [RequestParameter], _ now: Timestamp, _ receiveWindow: Duration?) {
    if let receiveWindow { parameters.append(RequestParameter("recvWindow", receiveWindow.wholeMilliseconds)) }
    parameters.append(RequestParameter("timestamp", now.milliseconds))
  }
}
