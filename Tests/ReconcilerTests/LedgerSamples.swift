import Trading
import Venue

@testable import Reconciler

/// Purchases, sales and lots of one symbol, for tests of the ledger.
protocol LedgerSamples {}

extension LedgerSamples {
  var symbol: Symbol { JudgedSymbol.symbol }
  var opened: Timestamp { JudgedSymbol.openedAt }

  func buy(
    _ order: Int64, _ quantity: FixedDecimal, at price: FixedDecimal = "60000", trade: Int64, after: Int64 = 0,
    fee: FixedDecimal = .zero, in asset: Asset? = nil
  ) -> Fill {
    Fill(
      symbol: symbol, tradeID: TradeID(trade), venueOrderID: VenueOrderID(order), side: .buy, price: price,
      quantity: quantity, commission: fee, commissionAsset: asset, venueTime: opened + .seconds(after))
  }

  func sell(
    _ quantity: FixedDecimal, at price: FixedDecimal = "61000", trade: Int64, after: Int64 = 100,
    fee: FixedDecimal = .zero, in asset: Asset? = nil
  ) -> Fill {
    Fill(
      symbol: symbol, tradeID: TradeID(trade), venueOrderID: 900, side: .sell, price: price, quantity: quantity,
      commission: fee, commissionAsset: asset, venueTime: opened + .seconds(after))
  }

  func account(_ order: Int64, _ fills: [Fill], filled: FixedDecimal? = nil) -> LotAccount {
    let quantity = filled ?? fills.reduce(.zero) { $0 + $1.quantity }
    let lot = Lot(
      id: JudgedSymbol.id(order), entryClientOrderID: ClientOrderID("bot\(order)"), bracket: .standard,
      bracketOrigin: .accountDefault, filledQuantity: quantity, filledQuote: quantity * "60000", source: .stream,
      openedAt: opened + .seconds(order))
    var account = LotAccount(lot, base: "BTC", quote: "USDT")
    for fill in fills { account.book(entry: fill) }
    return account
  }

  func ledger(_ accounts: LotAccount...) -> Ledger {
    var ledger = Ledger()
    for account in accounts { ledger.put(account) }
    return ledger
  }

  static var external: Ledger.SaleAttribution { Ledger.SaleAttribution(lot: nil, tranche: nil, reason: .external) }

  static func leg(of lot: Int64, tranche: Int? = 1) -> Ledger.SaleAttribution {
    Ledger.SaleAttribution(lot: JudgedSymbol.id(lot), tranche: tranche, reason: .takeProfit)
  }

  func whole(_ order: Int64, _ quantity: FixedDecimal, after: Int64 = 0) -> LotAccount {
    var account = account(order, [buy(order, quantity, trade: order, after: after)])
    account.lot.entryIsOpen = false
    return account
  }
}
