@testable import Reconciler
import Trading
import Venue

/// One symbol at one moment, put together by hand for tests of a single rule or of the planner: what the lots hold,
/// what stands at the venue, and what is remembered.
struct JudgedSymbol {
  var instrument = ScriptedVenue.instrument
  var lots: [(account: LotAccount, held: FixedDecimal)] = []
  var protections: [Protection] = []
  var foreignStops: FixedDecimal = .zero
  var foreignLocks: [Order] = []
  var walletShort: FixedDecimal = .zero
  var sellable: FixedDecimal?
  var slots = SymbolView.Slots(algo: 5, lists: 20, orders: 200)
  var memory = SymbolMemory()
  var lastPrice: SymbolView.SampledPrice?
  var allowsExit = true
  var isExitPaced = false
  var now = Instant(nanoseconds: 100_000_000_000)

  static let symbol: Symbol = "BTCUSDT"
  static let openedAt = Timestamp(milliseconds: 1_763_700_000_000)
  static let pairBracket = Bracket(stop: .percent("1"), takeProfits: [.init(.percent("2"), share: "1")])
  static let stopBracket = Bracket(stop: .percent("1"), takeProfits: [])

  static func id(_ number: Int64) -> LotID { LotID(symbol, VenueOrderID(number)) }

  /// A lot bought at 60,000, all of it open, without a fee.
  mutating func hold(
    _ number: Int64, _ quantity: FixedDecimal, _ bracket: Bracket = JudgedSymbol.pairBracket,
    _ change: (inout LotAccount) -> Void = { _ in }
  ) {
    let lot = Lot(
      id: Self.id(number), entryClientOrderID: ClientOrderID("bot\(number)"), bracket: bracket,
      bracketOrigin: .accountDefault, filledQuantity: quantity, filledQuote: quantity * "60000", source: .stream,
      openedAt: Self.openedAt + .seconds(number), entryIsOpen: false)
    var account = LotAccount(lot, base: "BTC", quote: "USDT")
    change(&account)
    lots.append((account, account.lot.openQuantity))
  }

  static func name(_ lot: Int64, tranche: Int = 1, generation: Int = 1) -> LegName {
    LegName(lot: id(lot), tranche: tranche, generation: generation, rangeStartSteps: 0)
  }

  static func leg(
    _ number: Int64, _ type: OrderType, _ quantity: FixedDecimal, list: OrderListID? = nil, status: OrderStatus = .new,
    executed: FixedDecimal = .zero, isWorking: Bool? = nil
  ) -> Order {
    Order(
      symbol: symbol, venueOrderID: VenueOrderID(number), clientOrderID: ClientOrderID("leg\(number)"),
      orderListID: list, side: .sell, type: type, status: status,
      price: type.isConditional ? .zero : "61200", triggerPrice: type.isConditional ? "59400" : .zero,
      quantity: quantity, executedQuantity: executed, isWorking: isWorking ?? !type.isConditional,
      updatedAt: openedAt)
  }

  /// A stop, and in a list with it its take-profit when a type is given.
  mutating func protect(
    _ lot: Int64, _ quantity: FixedDecimal, tranche: Int = 1, takeProfit: OrderType? = .takeProfit,
    order number: Int64 = 900
  ) {
    let list = takeProfit.map { _ in OrderListID(number) }
    protections.append(
      Protection(
        name: Self.name(lot, tranche: tranche), orderListID: list,
        stop: Self.leg(number, .stopLoss, quantity, list: list),
        takeProfit: takeProfit.map { Self.leg(number + 1, $0, quantity, list: list) }))
  }

  var view: SymbolView {
    SymbolView(
      instrument: instrument,
      coverage: Coverage(
        lots: lots, protections: protections, foreignStops: foreignStops, leaving: memory.leaving,
        walletShort: walletShort),
      protections: protections, foreignLocks: foreignLocks, sellable: sellable, slots: slots, memory: memory,
      lastPrice: lastPrice, timing: ProtectionTiming(), allowsExit: allowsExit, isExitPaced: isExitPaced, now: now)
  }

  func price(_ price: FixedDecimal, ago: Duration = .zero) -> SymbolView.SampledPrice {
    SymbolView.SampledPrice(price: price, at: now + (.zero - ago))
  }

  func plan(seen: Set<ClientOrderID> = []) -> Plan { plan(Rules.findings(view), seen: seen) }

  func plan(_ findings: [Finding], seen: Set<ClientOrderID> = []) -> Plan {
    let namer = LegNamer(
      key: TagKey(high: 1, low: 2), account: "main", stepSize: instrument.filters.stepSize,
      hasBeenSeen: { seen.contains($0) })
    return Planner(view: view, namer: namer).plan(findings)
  }
}

extension Plan {
  /// The commands' names in order.
  var commands: [String] { actions.map(\.command.name) }
  var reasons: [Reason] { actions.map(\.reason) }
  var heldReasons: [Reason] { held.map(\.reason) }
}

extension Finding {
  /// What it is, for comparisons in tables.
  var word: String {
    switch self {
    case .uncovered(let lot): "uncovered \(lot.uncovered)"
    case .sell(_, let quantity, let reason): "sell \(quantity) \(reason)"
    case .obstructive(_, let reason): "obstructive \(reason)"
    case .excessive(_, let keep): "keep \(keep)"
    case .orphaned: "orphaned"
    case .held(_, let quantity, let reason): "held \(quantity) \(reason)"
    }
  }
}
