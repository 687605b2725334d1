/// The client's side of the opening handshake (RFC 6455 section 4.1): a request out, a response in.
struct OpeningHandshake: Sendable {
  enum Outcome: Equatable, Sendable {
    case opened(OpeningResponse)
    case refused(HandshakeRefusal)
  }

  private enum Phase: Sendable {
    case head
    case body(HandshakeRefusal, RefusalBody)
  }

  /// The request, to be sent as soon as the transport stands.
  let requestBytes: [UInt8]
  private let expectedAccept: String
  private let subprotocols: [String]
  private let limits: ConnectionLimits
  private var phase = Phase.head
  private var head: [UInt8] = []
  /// Over all heads: interim responses must not be a way around the limit.
  private var headBytes = 0

  init(request: OpeningRequest, nonce: [UInt8], limits: ConnectionLimits) {
    let key = Base64.encode(nonce)
    requestBytes = request.bytes(key: key)
    expectedAccept = AcceptKey.answer(to: key)
    subprotocols = request.subprotocols
    self.limits = limits
  }

  /// Takes bytes from `cursor` on, up to the end of the response and no further: what follows a 101 are frames.
  mutating func receive(
    _ bytes: UnsafeRawBufferPointer, at cursor: inout Int
  ) throws(HandshakeViolation) -> Outcome? {
    while true {
      switch phase {
      case .head:
        guard let response = try receiveHead(bytes, at: &cursor) else { return nil }
        if response.status == 101 { return .opened(try accept(response)) }
        // Other 1xx are interim: the final response follows (RFC 9110 section 15.2).
        if response.status < 200 { continue }
        let refusal = HandshakeRefusal(
          status: response.status, headers: response.headers, body: [], isBodyComplete: false)
        phase = .body(refusal, RefusalBody(head: response))
      case .body(var refusal, var body):
        let limit = limits.maximumRefusalBodyBytes
        let progress = body.receive(bytes, at: &cursor, into: &refusal.body, limit: limit)
        switch progress {
        case .more:
          phase = .body(refusal, body)
          return nil
        case .complete, .broken:
          refusal.isBodyComplete = progress == .complete
          return .refused(refusal)
        }
      }
    }
  }

  /// The stream ended: a refusal is delivered with as much of its body as came.
  func receiveEOF() throws(HandshakeViolation) -> Outcome {
    switch phase {
    case .head: throw .ended
    case .body(var refusal, let body):
      refusal.isBodyComplete = body.endsWithStream
      return .refused(refusal)
    }
  }

  private mutating func receiveHead(
    _ bytes: UnsafeRawBufferPointer, at cursor: inout Int
  ) throws(HandshakeViolation) -> ResponseHead? {
    while cursor < bytes.count {
      guard headBytes < limits.maximumHeadBytes else { throw .headTooLarge(limitBytes: limits.maximumHeadBytes) }
      let byte = bytes[cursor]
      cursor += 1
      if head.count < ResponseHead.prefix.count, byte != ResponseHead.prefix[head.count] { throw .malformedStatusLine }
      head.append(byte)
      headBytes += 1
      guard byte == UInt8(ascii: "\n"), head.suffix(4).elementsEqual("\r\n\r\n".utf8) else { continue }
      let response = try ResponseHead(head, maximumHeaderFields: limits.maximumHeaderFields)
      head = []
      return response
    }
    return nil
  }

  /// The checks of section 4.1, "If the response ...", in the RFC's order.
  private func accept(_ response: ResponseHead) throws(HandshakeViolation) -> OpeningResponse {
    guard response.isHTTP11 else { throw .malformedStatusLine }
    let headers = response.headers
    guard headers.tokens(named: "upgrade") == ["websocket"] else { throw .missingUpgrade }
    guard headers.tokens(named: "connection").contains("upgrade") else { throw .missingConnectionUpgrade }
    guard headers.values(named: "sec-websocket-accept") == [expectedAccept] else { throw .acceptMismatch }
    guard headers.tokens(named: "sec-websocket-extensions").allSatisfy(\.isEmpty) else { throw .unofferedExtension }
    let chosen = headers.values(named: "sec-websocket-protocol")
    guard chosen.count <= 1, chosen.allSatisfy(subprotocols.contains) else { throw .unofferedSubprotocol }
    return OpeningResponse(headers: headers, subprotocol: chosen.first)
  }
}
