/// What the simulation cannot say, in one place: printed in `SAFETY.md` as it stands.
enum ModelLimits {
  /// Parts of the product, the market and the catalogue that no world has.
  static let items = [
    "The shell around the core: sockets, TLS, JSON, libcurl, libpq, the journal on disk. Integration tests and the "
      + "fuzzers are for those, and with them for ST15 to ST24, RS07, RS16, PR07 to PR10, PR12 to PR15, DB03, DB05 to "
      + "DB08, DB10 to DB15 and all faults of security but forged names (SE08).",
    "Futures (ST13, RS11, RS13, OL21, OL24, OL28 to OL30, OL35, OL37): one Spot account, two symbols at most, one quote "
      + "asset.",
    "Leases. Two guardians may write at once, as when a lease is lost and nobody notices; nothing in the product fences "
      + "them yet but the venue's locks and the deterministic names. What both sell in the same round trip is therefore "
      + "counted, and not judged; nor which lots each of them writes down to be closed by a sale of that time.",
    "Which lots a sale has closed, once it is older than what a start is given: a life that began without the mirror may "
      + "have written that down differently, and nobody mends it.",
    "Partly executed batches and cancel-replace: the guardian sends neither.",
    "Faults that last longer than a world's two minutes: a leak, a clock that drifts for days, filters that are read "
      + "again every ten minutes. The archive of ninety days is one of twelve seconds here.",
    "The venue's own count of orders per interval (RS18); it limits requests as a whole.",
    "Iceberg orders, pegged prices, trailing stops, self-trade prevention between our own orders; of order lists with a "
      + "pending leg only those of the bot.",
    "Delistings, forks, a venue that begins its numbers again (OL40), and another process with our API key "
      + "that imitates our keyed tag.",
    "How good a stop's price is: it stands where the bracket says or nearer, which is judged; what it fetches is not.",
    "Brackets without a stop, levels that are prices instead of percentages, policies that leave an entry to its bot, and "
      + "the policy that only raises an alert for a crossed stop: tests of the core are for those. Nor whose levels cover "
      + "has: where others sold what a leg was for, it stands behind the other lots as it is.",
    "What nobody can know is not asked for: a round trip on a symbol never heard of that left both its assets as they "
      + "were, the commission paid in a third one; a leg that somebody's amend renamed while the mirror, the only memory "
      + "of it, was lost; an order from before the first reading that ended without a trade.",
    "The venue is our paper engine. Where its documentation is silent each seed draws one of the possible behaviours; a "
      + "behaviour that nobody thought of is not among them.",
  ]

  static var text: String {
    (["## What the model leaves out", ""] + items.map { "- \($0)" }).joined(separator: "\n")
  }
}
