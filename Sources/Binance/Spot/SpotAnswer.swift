public import Trading
public import Venue

/// An answer from either way, WebSocket API or REST, in one shape: what `SpotOutcomes` judges.
public enum SpotAnswer: Sendable {
  /// Status 2xx, and the bytes of the result.
  case success(ArraySlice<UInt8>)
  /// The venue, or something in front of it, refused or failed. `refusal` is `nil` when the body was none of the
  /// venue's.
  case failure(status: Int, refusal: SpotRefusal?, retryAfter: Duration?)
  /// Definitely never sent.
  case notSent(String, retryAfter: Duration?)
  /// May have been sent, and no answer came (fault RS17).
  case lost(String)

  public init(_ result: HTTPResult) {
    switch result {
    case .notSent(let reason, let retryAfter): self = .notSent(reason, retryAfter: retryAfter)
    case .lost(let reason): self = .lost(reason)
    case .response(let response) where (200..<300).contains(response.status): self = .success(response.body[...])
    case .response(let response):
      self = .failure(
        status: response.status, refusal: try? SpotRefusal(response.body[...]), retryAfter: response.retryAfter)
    }
  }

  /// `message` is the frame that `reply` was read from; `now` is venue-corrected time, because the venue names the
  /// *moment* after which requests are welcome again.
  public init(_ reply: SpotReply, in message: [UInt8], at now: Timestamp) {
    if (200..<300).contains(reply.status), reply.refusal == nil {
      self = .success(reply.result.map { message[$0] } ?? [])
      return
    }
    let retryAfter = reply.refusal?.retryAt.map { Swift.max(.zero, $0 - now) }
    self = .failure(status: reply.status, refusal: reply.refusal, retryAfter: retryAfter)
  }
}
