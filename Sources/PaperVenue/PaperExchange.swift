public import Trading

/// A Binance-compatible Spot exchange as a pure value: no I/O, no clock, no randomness.
///
/// Time is passed in with every mutation; the same calls give the same answers and events, byte for byte. Orders trade
/// with a synthetic book around a last price that is set from outside, never with each other. Everything an account may
/// see is answered by the account's own value (`PaperAccount`), so that a copy of it serves as a stale read replica.
public struct PaperExchange: Sendable {
  public var variants = VenueVariants()

  var symbols: [SymbolState] = []
  var symbolIndex = Roster<Symbol>()
  var assets: [Asset] = []
  var assetIndex: [Asset: Int] = [:]
  var accounts: [PaperAccount] = []
  var accountIndex = Roster<AccountID>()

  var nextListID: Int64 = 1
  var nextExecutionID: Int64 = 1
  var nextPreventionID: Int64 = 1
  var generatedIDs: UInt64 = 0

  // The mutation in progress.
  var now = Timestamp(milliseconds: 0)
  var emitted: [PaperEvent] = []
  /// Assets of which the mutation changed an amount, per account, in the order of first change.
  var touched: [(account: Int, assets: [Int])] = []
  /// Siblings that `VenueVariants.SiblingExpiry` puts after the reports of the leg that went to work.
  var pendingExpiries: [OrderRef] = []

  public init() {}

  /// The venue's own state of one symbol.
  struct SymbolState: Sendable {
    var rules: SymbolRules
    let baseIndex: Int
    let quoteIndex: Int
    var status = SymbolStatus.trading
    var last: FixedDecimal?
    var depth = DepthModel.unlimited
    var triggerFate = TriggerFate.executes
    var nextOrderID: Int64 = 1
    var nextTradeID: Int64 = 1
    // No open order reacts to a price between these two.
    var nearestAbove = FixedDecimal(units: .max)
    var nearestBelow = FixedDecimal(units: .min)
  }
}

/// An order's place: account and symbol by index, and its number.
struct OrderRef: Hashable, Sendable {
  let account: Int
  let symbol: Int
  let id: Int64
}

/// What becomes of a conditional order whose price is reached (faults OL12, OL13).
public enum TriggerFate: Hashable, Sendable {
  case executes
  /// It goes to work and expires without a fill, for this reason.
  case expires(ExpiryReason)
  /// It stays where it is, reported as live, and never goes to work.
  case stays
  /// It goes to work and neither fills nor ends, until it is filled by hand or cancelled.
  case hangs
}

// MARK: - Set-up

extension PaperExchange {
  /// Lists a symbol. The price may come later; until then nothing trades on it. Listing a symbol again replaces its
  /// rules.
  public mutating func list(_ rules: SymbolRules, price: FixedDecimal? = nil) {
    if let index = symbolIndex[rules.symbol] {
      symbols[index].rules = rules
      if let price { symbols[index].last = price }
      return
    }
    let base = index(adding: rules.base)
    let quote = index(adding: rules.quote)
    symbolIndex.append(rules.symbol)
    symbols.append(SymbolState(rules: rules, baseIndex: base, quoteIndex: quote, last: price))
    for account in accounts.indices { accounts[account].books.append(AccountBook(symbol: rules.symbol)) }
  }

  /// Opens an account with no balance. Opening it again changes nothing but its commission plan.
  public mutating func openAccount(_ id: AccountID, commission: CommissionPlan = CommissionPlan()) {
    if let index = accountIndex[id] {
      accounts[index].commission = commission
      return
    }
    var account = PaperAccount(id: id, userID: 354_937_868 + Int64(accounts.count))
    account.commission = commission
    account.balances = assets.map { PaperBalance(asset: $0) }
    account.books = symbols.map { AccountBook(symbol: $0.rules.symbol) }
    accountIndex.append(id)
    accounts.append(account)
  }

  mutating func index(adding asset: Asset) -> Int {
    if let index = assetIndex[asset] { return index }
    assetIndex[asset] = assets.count
    assets.append(asset)
    for account in accounts.indices { accounts[account].balances.append(PaperBalance(asset: asset)) }
    return assets.count - 1
  }

  public mutating func setDepth(_ depth: DepthModel, of symbol: Symbol) {
    if let index = symbolIndex[symbol] { symbols[index].depth = depth }
  }

  public mutating func setStatus(_ status: SymbolStatus, of symbol: Symbol) {
    if let index = symbolIndex[symbol] { symbols[index].status = status }
  }

  /// What becomes of conditional orders whose price is reached; of a symbol that is not listed, nothing unusual.
  public func triggerFate(of symbol: Symbol) -> TriggerFate {
    symbolIndex[symbol].map { symbols[$0].triggerFate } ?? .executes
  }

  public mutating func setTriggerFate(_ fate: TriggerFate, of symbol: Symbol) {
    if let index = symbolIndex[symbol] { symbols[index].triggerFate = fate }
  }

  /// Changes a listed symbol's filters under live orders (fault OL34).
  public mutating func setFilters(_ filters: SymbolFilters, of symbol: Symbol) {
    if let index = symbolIndex[symbol] { symbols[index].rules.filters = filters }
  }

  public mutating func setCommission(_ plan: CommissionPlan, of account: AccountID) {
    if let index = accountIndex[account] { accounts[index].commission = plan }
  }

  public mutating func setCanTrade(_ canTrade: Bool, of account: AccountID) {
    if let index = accountIndex[account] { accounts[index].canTrade = canTrade }
  }
}

// MARK: - What anyone may read

extension PaperExchange {
  /// Listed symbols, in the order of listing.
  public var listedSymbols: [Symbol] { symbols.map(\.rules.symbol) }
  public var accountIDs: [AccountID] { accounts.map(\.id) }
  public var listedAssets: [Asset] { assets }

  public func rules(of symbol: Symbol) -> SymbolRules? { symbolIndex[symbol].map { symbols[$0].rules } }
  public func status(of symbol: Symbol) -> SymbolStatus? { symbolIndex[symbol].map { symbols[$0].status } }
  public func depth(of symbol: Symbol) -> DepthModel? { symbolIndex[symbol].map { symbols[$0].depth } }
  public func lastPrice(of symbol: Symbol) -> FixedDecimal? { symbolIndex[symbol].flatMap { symbols[$0].last } }
  public func account(_ id: AccountID) -> PaperAccount? { accountIndex[id].map { accounts[$0] } }
}

// MARK: - Addressing

extension PaperExchange {
  subscript(ref: OrderRef) -> PaperOrder {
    get { accounts[ref.account].books[ref.symbol].orders[position(ref)] }
    _modify {
      let position = position(ref)
      yield &accounts[ref.account].books[ref.symbol].orders[position]
    }
  }

  func position(_ ref: OrderRef) -> Int {
    guard let position = accounts[ref.account].books[ref.symbol].position(of: ref.id) else {
      preconditionFailure("an order that is referred to is never forgotten within one mutation")
    }
    return position
  }

  func accountPosition(_ id: AccountID) throws(PaperError) -> Int {
    guard let index = accountIndex[id] else { throw .badKey }
    return index
  }

  func symbolPosition(_ symbol: Symbol) throws(PaperError) -> Int {
    guard let index = symbolIndex[symbol] else { throw .invalidSymbol }
    return index
  }
}
