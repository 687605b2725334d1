import PaperVenue
import Testing

/// The venue's refusals, word for word: what a client's table of meanings is built on (binance.md §6).
struct ErrorWordTests {
  @Test(arguments: [
    (PaperError.unexpectedParameter("price"), 400, -1106, "Parameter 'price' sent when not required."),
    (.timeInForceNotRequired, 400, -1106, "Parameter 'timeInForce' sent when not required."),
    (.preventionNotAllowed, 400, -1013, "This symbol does not allow the specified self-trade prevention mode."),
    (.invalidSide, 400, -1117, "Invalid side."), (.invalidType, 400, -1116, "Invalid orderType."),
    (.invalidTimeInForce, 400, -1115, "Invalid timeInForce."),
    (.tradingDisabled, 400, -2010, "This account may not place or cancel orders."),
    (.unsupportedCombination, 400, -2010, "Unsupported order combination"),
    (.unsupported("OPO"), 400, -2010, "OPO orders are not supported for this symbol."),
    (.cancelRestricted, 400, -2011, "Order was not canceled due to cancel restrictions."),
    (.noSuchList, 400, -2018, "Order list does not exist."),
    (.mismatchedIDs, 400, -2039, "The client order ID is not correct for this order ID."),
    (.badKeyFormat, 401, -2014, "API-key format invalid."),
    (.badKey, 401, -2015, "Invalid API-key, IP, or permissions for action."),
    (.badSignature, 400, -1022, "Signature for this request is not valid."),
    (.outsideWindow, 400, -1021, "Timestamp for this request is outside of the recvWindow."),
    (.aheadOfServer, 400, -1021, "Timestamp for this request was 1000ms ahead of the server's time."),
    (.disconnected, 500, -1001, "Internal error; unable to process your request. Please try again."),
    (.unknown, 500, -1000, "An unknown error occurred while processing the request."),
    (
      .unexpectedResponse, 502, -1006,
      "An unexpected response was received from the message bus. Execution status unknown."
    ),
  ])
  func `a refusal has its status, code and words`(error: PaperError, status: Int, code: Int, message: String) {
    #expect((error.status, error.code, error.message) == (status, code, message))
    #expect(error.description == "\(code) \(message)")
  }
}
