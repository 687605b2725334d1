import Binance
import EventLoop
import RESTClient
import Settings
import Trading
import Venue

/// Symbols that the configuration names must exist at the venue: a rule for a mistyped symbol would never match, and
/// the position that it was meant for would carry another bracket.
struct SymbolCheck {
  let configuration: BackstopConfiguration
  let requests: SpotRequests
  let venue: VenueAccess

  /// What each account names, with where it stands.
  private var named: [(symbol: Symbol, place: String)] {
    configuration.accounts.flatMap { account in
      account.brackets.rules.flatMap { rule in
        rule.symbols.map { ($0, "rule '\(rule.name)' of account \(account.name)") }
      } + account.risk.symbols.map { ($0, "risk.symbols of account \(account.name)") }
    }
  }

  /// - Throws: `StartRefusal` that names every unknown symbol. A venue that does not answer proves nothing and refuses
  ///   nothing.
  func run() async throws(StartRefusal) {
    let named = named
    guard !named.isEmpty, let listed = await listedSymbols() else { return }
    let unknown = named.filter { !listed.contains($0.symbol) }
    guard let first = unknown.first else { return }
    let list = unknown.map { "\($0.symbol) (\($0.place))" }.joined(separator: ", ")
    let advice = nearest(first.symbol, listed).map { "did you mean \($0)?" } ?? "names are like BTCUSDT"
    throw StartRefusal(
      .configuration, "the venue does not list \(list)", "correct the symbol or remove it; \(advice)")
  }

  private func listedSymbols() async -> Set<Symbol>? {
    guard let request = try? requests.request(.exchangeInfo(), at: Timestamp(microseconds: 0)) else { return nil }
    let result = await venue.rest.perform(request, deadline: VenueAccess.deadline(for: request))
    let outcomes = SpotOutcomes()
    let info = outcomes.read(SpotAnswer(result), at: Timestamp(microseconds: 0)) { (body) throws(MalformedMessage) in
      try outcomes.decoder.exchangeInfo(body)
    }
    guard case .success(let found) = info else { return nil }
    return Set(found.instruments.map(\.symbol))
  }

  /// One that shares the longest beginning, if it shares three characters.
  private func nearest(_ symbol: Symbol, _ listed: Set<Symbol>) -> Symbol? {
    let shared = { (other: Symbol) in zip(symbol.text, other.text).prefix { $0 == $1 }.count }
    let best = listed.sorted().max { shared($0) < shared($1) }
    return best.flatMap { shared($0) >= 3 ? $0 : nil }
  }
}
