import Venue

/// What a failed answer means: one row per case, the first that fits wins (binance.md §6, faults RS02 and RS14). What
/// no row names is *ambiguous*: it may have been executed.
enum SpotRefusalTable {
  enum Verdict: Hashable, Sendable {
    /// Definitely not executed.
    case refused(Rejection.Kind)
    /// Possibly executed.
    case unknown
  }

  struct Row: Sendable {
    /// `nil`: any.
    var status: ClosedRange<Int>?
    /// Empty: any, also none.
    var codes: [Int]
    /// Part of the message, in lower case; empty: any.
    var text: String
    var verdict: Verdict

    init(_ status: ClosedRange<Int>? = nil, _ codes: [Int] = [], _ text: String = "", _ verdict: Verdict) {
      self.status = status
      self.codes = codes
      self.text = text
      self.verdict = verdict
    }
  }

  static func verdict(status: Int, _ refusal: SpotRefusal?) -> Verdict {
    let message = refusal?.message.lowercased() ?? ""
    let row = rows.first { row in
      row.status?.contains(status) != false
        && (row.codes.isEmpty || refusal.map { row.codes.contains($0.code) } == true)
        && (row.text.isEmpty || message.contains(row.text))
    }
    if let row { return row.verdict }
    // Any other code of the venue's own with status 400 is a refusal: judged and not executed (binance.md §6.1).
    return status == 400 && refusal != nil ? .refused(.invalid) : .unknown
  }

  static let rows: [Row] = [
    // Whatever the status: the venue itself says that it does not know, or that it certainly did nothing.
    Row(nil, [-1000, -1001, -1006, -1007], "", .unknown),
    Row(nil, [-1008], "", .refused(.overloaded)),

    // The gates in front of the matching engine. Nothing was executed.
    Row(418...418, [], "", .refused(.banned)),
    Row(429...429, [], "", .refused(.rateLimited)),
    Row(403...403, [], "", .refused(.blocked)),
    Row(451...451, [], "", .refused(.blocked)),
    Row(401...401, [], "", .refused(.unauthorized)),
    Row(404...404, [], "", .refused(.invalid)),

    // A server error says nothing, and a conflict is a half-executed cancel-replace, which we never send.
    Row(500...599, [], "", .unknown),
    Row(409...409, [], "", .unknown),

    // Limits, keys, clock.
    Row(400...400, [-1003, -1015, -1034], "", .refused(.rateLimited)),
    Row(400...400, [-1002, -1022, -2014, -2015], "", .refused(.unauthorized)),
    Row(400...400, [-1021], "", .refused(.clockSkew)),
    Row(400...400, [-1016], "", .refused(.overloaded)),

    // Filters. Full slots are a matter of their own: something must make room (fault OL31).
    Row(400...400, [-1013, -2010], "filter failure: max_num", .refused(.openOrderLimit)),
    Row(400...400, [-1013, -2010], "filter failure: exchange_max_num", .refused(.openOrderLimit)),
    Row(400...400, [-1013, -2010], "filter failure", .refused(.filter)),
    Row(400...400, [-1013, -2010], "market is closed", .refused(.marketClosed)),
    Row(400...400, [-1111], "", .refused(.filter)),

    // The matching engine's own words about a new order.
    Row(400...400, [-2010], "insufficient balance", .refused(.insufficientBalance)),
    Row(400...400, [-2010], "duplicate order", .refused(.duplicateClientOrderID)),
    Row(400...400, [-2010], "immediately match", .refused(.wouldMatchImmediately)),
    Row(400...400, [-2010], "trigger immediately", .refused(.wouldTriggerImmediately)),
    Row(400...400, [-2010], "relationship of the prices", .refused(.badPriceRelation)),
    Row(400...400, [-2010], "action is disabled", .refused(.unauthorized)),
    Row(400...400, [-2010], "may not place", .refused(.unauthorized)),

    // Cancel, amend, query. None of these proves what became of the order (fault RS12).
    Row(400...400, [-2011], "cancel restrictions", .refused(.invalid)),
    Row(400...400, [-2011, -2013, -2026], "", .refused(.unknownOrder)),
    Row(400...400, [-2038], "change no state", .refused(.nothingToChange)),
    Row(400...400, [-2038], "", .refused(.amendRefused)),
  ]
}
