import PaperVenue
import Trading
import Venue

/// What is so, from the venue's own reports: what each entry still holds, and which orders are the guardian's. Checkers
/// read this and never the guardian's opinion.
struct Truth: Sendable {
  struct LotTruth: Hashable, Sendable {
    var id: LotID
    var held: FixedDecimal
    var isPartlySold = false
    /// Bought by one trade.
    var isOfOnePiece = true
  }

  let symbol: Symbol
  let base: Asset
  /// Entries that still hold something, oldest first.
  private(set) var openLots: [LotTruth] = []
  /// The entries' ages, by the first that each bought: what one buys after it was sold out is no younger (B422).
  private var ages: [LotID: Int] = [:]
  /// Client ids that any life of the guardian gave to an order.
  private var ownIDs: Set<ClientOrderID> = []
  private var entryIDs: Set<ClientOrderID> = []
  private var lotOfLeg: [ClientOrderID: LotID] = [:]
  /// Base that sales took beyond everything held by lots, by the guardian's own orders.
  private(set) var oversold: FixedDecimal = .zero
  private(set) var fills = 0
  /// Rests of entries, each too small for any order.
  private(set) var retiredDust: FixedDecimal = .zero
  /// The client ids of our orders as we gave them.
  private var firstIDs: [VenueOrderID: ClientOrderID] = [:]
  /// What the entries hold by their fills and the wallet has no longer, because it was withdrawn or debited. What is
  /// deposited later is other coins (DESIGN "Lots": the wallet is the truth).
  private(set) var departed: FixedDecimal = .zero

  init(_ rules: SymbolRules) {
    symbol = rules.symbol
    base = rules.base
  }

  var held: FixedDecimal { openLots.reduce(.zero) { $0 + $1.held } }

  func isOwn(_ order: PaperOrder) -> Bool { ownIDs.contains(firstID(of: order)) }
  /// Whether a life of the guardian gave an order this name.
  func gave(_ id: ClientOrderID) -> Bool { ownIDs.contains(id) }
  func lot(of order: PaperOrder) -> LotID? { lotOfLeg[firstID(of: order)] }
  func lot(ofLeg id: ClientOrderID) -> LotID? { lotOfLeg[id] }

  /// The client id that an order was placed with: an order of ours stays ours, whatever it is called after somebody
  /// else's amend (fault OL16).
  private func firstID(of order: PaperOrder) -> ClientOrderID { firstIDs[order.id] ?? order.clientOrderID }

  mutating func own(_ command: VenueCommand) {
    ownIDs.formUnion(command.placedOrderIDs)
    if case .placeEntry(let entry) = command { entryIDs.insert(entry.clientOrderID) }
  }

  mutating func compare(wallet base: FixedDecimal) {
    departed = FixedDecimal.max(.zero, FixedDecimal.max(FixedDecimal.min(departed, held), held - base))
  }

  mutating func noted(_ leg: Leg) { lotOfLeg[leg.clientOrderID] = leg.lot }

  mutating func take(_ events: [PaperEvent]) {
    for event in events {
      guard case .executionReport(let report) = event.payload, report.order.symbol == symbol else { continue }
      if firstIDs[report.order.id] == nil, ownIDs.contains(report.order.clientOrderID) {
        firstIDs[report.order.id] = report.order.clientOrderID
      }
      guard let trade = report.trade else { continue }
      fills += 1
      switch trade.side {
      case .buy: grow(trade, report.order)
      case .sell: shrink(trade, report.order)
      }
    }
  }

  /// Forgets the rests of sold entries that no filter lets anyone sell: nobody protects them any more.
  mutating func retireDust(below least: FixedDecimal, except open: Set<OrderKey>) {
    for lot in openLots where lot.held < least && lot.isPartlySold && !open.contains(lot.id) {
      retiredDust = retiredDust + lot.held
    }
    openLots.removeAll { $0.held < least && $0.isPartlySold && !open.contains($0.id) }
  }

  private mutating func grow(_ trade: PaperTrade, _ order: PaperOrder) {
    let net = trade.commissionAsset == base ? trade.quantity - trade.commission : trade.quantity
    if let index = openLots.firstIndex(where: { $0.id == order.key }) {
      openLots[index].held = openLots[index].held + net
      openLots[index].isOfOnePiece = false
    } else {
      let age = ages[order.key] ?? ages.count
      ages[order.key] = age
      let place = openLots.firstIndex { ages[$0.id, default: age] > age } ?? openLots.endIndex
      openLots.insert(LotTruth(id: order.key, held: net), at: place)
    }
  }

  private mutating func shrink(_ trade: PaperTrade, _ order: PaperOrder) {
    var rest = trade.quantity
    if let own = lot(of: order), let index = openLots.firstIndex(where: { $0.id == own }) {
      let part = FixedDecimal.min(rest, openLots[index].held)
      openLots[index].held = openLots[index].held - part
      openLots[index].isPartlySold = true
      rest = rest - part
    }
    for index in openLots.indices where rest.isPositive {
      let part = FixedDecimal.min(rest, openLots[index].held)
      openLots[index].held = openLots[index].held - part
      openLots[index].isPartlySold = true
      rest = rest - part
    }
    let dust = FixedDecimal.min(rest, retiredDust)
    retiredDust = retiredDust - dust
    if isOwn(order) { oversold = oversold + (rest - dust) }
    openLots.removeAll { !$0.held.isPositive }
  }
}

extension PaperOrder {
  /// A stop of the same pair: what the other holds is covered by it.
  func standsBefore(_ order: PaperOrder) -> Bool {
    listID != nil && listID == order.listID && type.isStop && awaitsTrigger
  }
}
