/// What a WebSocket path speaks.
protocol WebSocketEndpoint: AnyObject {
  /// A whole text or binary message.
  func receive(_ message: [UInt8])
  /// The connection is gone.
  func ended()
}
