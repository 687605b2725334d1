/// The proof that the server understood the opening request (RFC 6455 section 1.3 and 4.2.2 step 5.4).
enum AcceptKey {
  /// The GUID that the RFC concatenates to the key.
  private static let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

  /// What `Sec-WebSocket-Accept` must say to this `Sec-WebSocket-Key`.
  static func answer(to key: String) -> String {
    Base64.encode(SHA1.digest(of: Array((key + guid).utf8)))
  }
}
