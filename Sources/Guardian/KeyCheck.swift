import Binance
import Settings
import EventLoop
import Logging
import RESTClient
import Trading
import Venue

/// Proves that an account's key works before anything is guarded with it (faults CF01, CF02, SE10). Only reads.
struct KeyCheck: Sendable {
  let account: AccountConfiguration
  let environment: VenueEnvironment
  let requests: SpotRequests
  let venue: VenueAccess
  let log: Logger
  var clock: VenueClock

  /// Between attempts while the venue does not answer.
  static let retryPause: Duration = .seconds(1)

  /// What the check proved.
  struct Proof: Sendable {
    /// Names the account at the venue; the mirror refuses another one (fault CF03).
    var fingerprint: String
    /// With a first measurement of the venue's time.
    var clock: VenueClock
  }

  /// - Parameter patience: how long to go on when the venue does not answer; `nil`: for ever.
  mutating func run(patience: Duration?) async throws(StartRefusal) -> Proof {
    let start = clock.localNow
    while true {
      let failure: SpotReadFailure
      do throws(SpotReadFailure) {
        await measureClock()
        let account = try await read(.account) { (decoder, body) throws(MalformedMessage) in try decoder.account(body) }
        try check(account)
        if environment == .live { try await checkPermissions() }
        let number = account.userID.map { String($0) } ?? "unknown"
        return Proof(fingerprint: "binance-spot:\(environment.rawValue):\(number)", clock: clock)
      } catch { failure = error }
      if let refusal = refusal(failure) { throw refusal }
      if let patience, clock.localNow - start > patience {
        throw StartRefusal(
          .unavailable, "the venue at \(venue.endpoints.rest) does not answer: \(failure)",
          "check the network and venue.endpoints")
      }
      log.warning(
        "venue does not answer yet", metadata: ["account": "\(account.name)", "detail": "\(failure)"])
      do { try await Task.sleep(for: Self.retryPause) } catch {
        throw StartRefusal(.unavailable, "stopped while waiting for the venue", "")
      }
    }
  }

  /// Asked twice: the first answer pays for the connection and its handshakes, which would look like a lopsided round
  /// trip.
  private mutating func measureClock() async {
    _ = try? await read(.time) { (decoder, body) throws(MalformedMessage) in try decoder.time(body) }
    let sentAt = clock.localNow
    let time = try? await read(.time) { (decoder, body) throws(MalformedMessage) in try decoder.time(body) }
    if let time { clock.measured(time, sentAt: sentAt) }
  }

  private func check(_ found: SpotAccount) throws(SpotReadFailure) {
    guard !found.canTrade, account.isArmed else { return }
    throw .refused(Rejection(.unauthorized, message: "the venue says that this account cannot trade"))
  }

  private func checkPermissions() async throws(SpotReadFailure) {
    let found = try await read(.keyPermissions) { (decoder, body) throws(MalformedMessage) in
      try decoder.keyPermissions(body)
    }
    if found.canWithdraw, !account.key.allowsWithdrawal {
      throw .refused(
        Rejection(
          .unauthorized,
          message: "the key may withdraw money, which Backstop never needs: make one that may only trade, or set "
            + "key.allow_withdrawal: true"))
    }
    if !found.canTrade, account.isArmed {
      throw .refused(Rejection(.unauthorized, message: "the key may not trade: enable Spot trading for it"))
    }
    if !found.isAddressRestricted {
      log.warning("API key works from any address", metadata: ["account": "\(account.name)"])
    }
  }

  /// Refusals that no waiting cures.
  private func refusal(_ failure: SpotReadFailure) -> StartRefusal? {
    guard let rejection = failure.rejection else { return nil }
    switch rejection.kind {
    case .unauthorized, .invalid, .blocked:
      return StartRefusal(
        .key,
        "the venue at \(venue.endpoints.rest) refused the key of account \(account.name) (code \(rejection.code)): "
          + rejection.message, "check key, secret and kind; keys of one environment do not work in another")
    case .notSent, .insufficientBalance, .wouldTriggerImmediately, .wouldMatchImmediately, .badPriceRelation,
      .duplicateClientOrderID, .filter, .openOrderLimit, .unknownOrder, .nothingToChange, .amendRefused, .rateLimited,
      .banned, .clockSkew, .marketClosed, .overloaded:
      return nil
    }
  }

  private func read<Value: Sendable>(
    _ call: SpotCall, _ decode: @Sendable (SpotReplyDecoder, ArraySlice<UInt8>) throws(MalformedMessage) -> Value
  ) async throws(SpotReadFailure) -> Value {
    let request: HTTPRequest
    do { request = try requests.request(call, at: clock.now) } catch {
      throw .refused(Rejection(.unauthorized, message: "the request could not be signed: \(error)"))
    }
    let result = await venue.rest.perform(request, deadline: VenueAccess.deadline(for: request))
    let outcomes = SpotOutcomes()
    return try outcomes.read(SpotAnswer(result), at: clock.now) { (body) throws(MalformedMessage) in
      try decode(outcomes.decoder, body)
    }.get()
  }
}
