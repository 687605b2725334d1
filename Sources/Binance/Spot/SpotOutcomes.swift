public import Trading
public import Venue

/// Judges answers: what became of a command, what a query proved, why a read failed (DESIGN §2, "three outcomes, not
/// two").
public struct SpotOutcomes: Sendable {
  public var decoder: SpotReplyDecoder

  public init(decoder: SpotReplyDecoder = SpotReplyDecoder()) { self.decoder = decoder }

  /// A success that cannot be read is *ambiguous*: something was executed, and a query will say what (fault RS14).
  public func outcome(of command: VenueCommand, _ answer: SpotAnswer, at now: Timestamp) -> CommandOutcome {
    switch answer {
    case .success(let body):
      do { return .accepted(try decoder.receipt(for: command, body)) } catch {
        return .ambiguous("the answer to \(command.name) could not be read: \(error)")
      }
    case .failure(let status, let refusal, let retryAfter):
      switch Self.rejection(status: status, refusal, retryAfter, at: now) {
      case .some(let rejection): return .rejected(rejection)
      case .none: return .ambiguous(Self.text(status: status, refusal))
      }
    case .notSent(let reason, let retryAfter):
      return .rejected(Rejection(.notSent, message: reason, retryAfter: retryAfter))
    case .lost(let reason): return .ambiguous(reason)
    }
  }

  /// "No such order" and "archived" (older than 90 days and never filled) are absence; every other failure proves
  /// nothing.
  public func queryResult(_ answer: SpotAnswer, at now: Timestamp) -> QueryResult {
    switch read(answer, at: now, { [decoder] (body) throws(MalformedMessage) in try decoder.order(body) }) {
    case .success(let order): .found(order)
    case .failure(.refused(let rejection)) where rejection.kind == .unknownOrder: .absent
    case .failure(let failure): .failed(failure.description)
    }
  }

  /// A read's value or why there is none. A failed read is *unknown* and never empty.
  public func read<Value>(
    _ answer: SpotAnswer, at now: Timestamp,
    _ decode: (ArraySlice<UInt8>) throws(MalformedMessage) -> Value
  ) -> Result<Value, SpotReadFailure> {
    switch answer {
    case .success(let body):
      do { return .success(try decode(body)) } catch { return .failure(.unreadable(error)) }
    case .failure(let status, let refusal, let retryAfter):
      switch Self.rejection(status: status, refusal, retryAfter, at: now) {
      case .some(let rejection): return .failure(.refused(rejection))
      case .none: return .failure(.noAnswer(Self.text(status: status, refusal)))
      }
    case .notSent(let reason, let retryAfter):
      return .failure(.refused(Rejection(.notSent, message: reason, retryAfter: retryAfter)))
    case .lost(let reason): return .failure(.noAnswer(reason))
    }
  }

  /// What a failed answer definitely refused; `nil` when it may have been executed.
  static func rejection(
    status: Int, _ refusal: SpotRefusal?, _ retryAfter: Duration?, at now: Timestamp
  ) -> Rejection? {
    switch SpotRefusalTable.verdict(status: status, refusal) {
    case .unknown: nil
    case .refused(let kind):
      Rejection(
        kind, code: refusal?.code ?? 0, message: refusal?.message ?? "status \(status)",
        retryAfter: retryAfter ?? banEnd(in: refusal?.message ?? "").map { Swift.max(.zero, $0 - now) })
    }
  }

  private static func text(status: Int, _ refusal: SpotRefusal?) -> String {
    "status \(status)" + (refusal.map { ", \($0)" } ?? ", no body of the venue's")
  }

  /// The moment in "…; IP banned until 1763700060000. …", the only place that names it when the header is missing.
  private static func banEnd(in message: String) -> Timestamp? {
    guard message.contains("banned until ") else { return nil }
    let words = message.split(whereSeparator: { !$0.isNumber })
    return words.first { $0.utf8.count == 13 }.flatMap { Int64($0) }.map(Timestamp.init(milliseconds:))
  }
}

/// Why a read gave no value.
public enum SpotReadFailure: Error, Hashable, Sendable, CustomStringConvertible {
  case refused(Rejection)
  /// Timeout, lost connection, server error.
  case noAnswer(String)
  case unreadable(MalformedMessage)

  public var description: String {
    switch self {
    case .refused(let rejection): "refused (\(rejection.kind.rawValue), code \(rejection.code)): \(rejection.message)"
    case .noAnswer(let reason): "no answer: \(reason)"
    case .unreadable(let defect): defect.description
    }
  }

  public var rejection: Rejection? {
    guard case .refused(let rejection) = self else { return nil }
    return rejection
  }
}
