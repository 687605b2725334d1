@testable import WebSocket
import Testing

/// What stands in logs: kinds, sizes and codes that say what happened, and never a payload.
@Suite struct DescriptionTests {
  @Test(arguments: [
    (CloseCode.normal, "1000 normal"), (.goingAway, "1001 going away"), (.protocolError, "1002 protocol error"),
    (.unsupportedData, "1003 unsupported data"), (.noStatusReceived, "1005 no status"), (.abnormal, "1006 abnormal"),
    (.invalidPayload, "1007 invalid payload"), (.policyViolation, "1008 policy violation"),
    (.messageTooBig, "1009 message too big"), (.mandatoryExtension, "1010 mandatory extension"),
    (.internalError, "1011 internal error"), (.serviceRestart, "1012 service restart"),
    (.tryAgainLater, "1013 try again later"), (.badGateway, "1014 bad gateway"), (CloseCode(rawValue: 4000), "4000"),
  ])
  func `a close code is shown with its name`(code: CloseCode, text: String) {
    #expect(code.description == text)
  }

  @Test(arguments: [
    (ProtocolViolation.reservedBits, "reserved bits"), (.reservedOpcode(3), "reserved opcode 3"),
    (.maskedServerFrame, "masked"), (.fragmentedControlFrame, "fragmented"), (.oversizedControlFrame, "125"),
    (.lengthOverflow, "top bit"), (.frameTooLarge(declaredBytes: 9, limitBytes: 8), "9 bytes, the limit is 8"),
    (.messageTooLarge(limitBytes: 8), "limit of 8 bytes"), (.tooManyFragments(limit: 7), "more than 7 fragments"),
    (.unexpectedContinuation, "without a message"), (.interleavedMessage, "inside a fragmented one"),
    (.invalidUTF8, "UTF-8"), (.truncatedCloseCode, "one byte"), (.invalidCloseCode(1005), "1005"),
    (.endedWithoutClose, "reconnect"), (.handshake(.ended), "opening handshake"),
    (.handshake(.malformedStatusLine), "ws against wss"), (.handshake(.headTooLarge(limitBytes: 600)), "600 bytes"),
    (.handshake(.tooManyHeaders(limit: 12)), "12"), (.handshake(.malformedHeader), "header"),
    (.handshake(.missingUpgrade), "pgrade"), (.handshake(.missingConnectionUpgrade), "onnection"),
    (.handshake(.acceptMismatch), "ccept"), (.handshake(.unofferedExtension), "extension"),
    (.handshake(.unofferedSubprotocol), "subprotocol"),
  ])
  func `a violation says what the server did`(violation: ProtocolViolation, part: String) {
    #expect(violation.description.contains(part), "it says: \(violation)")
  }

  @Test func `an event is shown by its kind and size`() {
    let refusal = HandshakeRefusal(status: 403, headers: [], body: [], isBodyComplete: true)
    let events: [ClientConnection.Event] = [
      .opened(OpeningResponse(headers: [], subprotocol: nil)), .refused(refusal), .text([1, 2]), .binary([1]),
      .ping([]), .pong([1]), .closeReceived(CloseFrame()), .closeReceived(CloseFrame(code: .normal)),
      .failed(.reservedBits),
    ]
    let texts = events.map(\.description)
    #expect(texts[0] == "opened")
    #expect(texts[1].hasPrefix("refused: ") && texts[1].contains("403"))
    #expect(texts[2...5] == ["text of 2 bytes", "binary of 1 bytes", "ping of 0 bytes", "pong of 1 bytes"])
    #expect(texts[6...7] == ["close received: 1005 no status", "close received: 1000 normal"])
    #expect(texts[8].hasPrefix("failed: "))
  }
}
