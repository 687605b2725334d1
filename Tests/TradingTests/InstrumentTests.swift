import TestSupport
import Testing
import Trading

/// Sizes and prices that the venue accepts (OL06).
struct InstrumentTests {
  private func instrument(_ change: (inout InstrumentFilters) -> Void) -> Instrument {
    var filters = InstrumentFilters()
    change(&filters)
    return Instrument(symbol: "BTCUSDT", base: "BTC", quote: "USDT", orderTypes: [.limit, .stopLoss], filters: filters)
  }

  @Test func `a legal size never exceeds what was asked and passes every filter, over 50 000 random cases`() {
    var random = SeededGenerator(seed: 6)
    func decimal(_ range: ClosedRange<Int>, _ unit: FixedDecimal) -> FixedDecimal {
      FixedDecimal(Int.random(in: range, using: &random)) * unit
    }
    for _ in 0..<50_000 {
      let step: FixedDecimal = ["0.00001", "0.001", "1", "0"][Int.random(in: 0...3, using: &random)]
      let filters = instrument {
        $0.stepSize = step
        $0.quantityMin = step
        $0.quantityMax = decimal(0...50, "13.7")
        $0.marketQuantityMax = decimal(0...5, "7.70397583")
        $0.marketStepSize = Bool.random(using: &random) ? step : 0
        $0.notionalMin = decimal(0...10, 1)
      }
      let asked = decimal(0...1_000_000, "0.00037")
      let price = decimal(1...1000, "0.07")
      let isMarket = Bool.random(using: &random)
      guard let legal = filters.legalQuantity(asked, at: price, market: isMarket) else { continue }
      #expect(legal.isPositive && legal <= asked)
      #expect(legal.isMultiple(of: step))
      #expect(legal >= filters.filters.quantityMin)
      #expect(price * legal >= filters.filters.notionalMin)
      if filters.filters.quantityMax.isPositive { #expect(legal <= filters.filters.quantityMax) }
      if isMarket, filters.filters.marketQuantityMax.isPositive { #expect(legal <= filters.filters.marketQuantityMax) }
    }
  }

  @Test(arguments: [
    ("0.02" as FixedDecimal, "0.02" as FixedDecimal), ("0.021", "0.01933"), ("0.0216", "0.01993"), ("0.02167", "0.02"),
    ("0.041", "0.02"), ("0.0216591", "0.01998"),
  ])
  func `of more than one order so much is left that it makes an order of its own`(
    asked: FixedDecimal, legal: FixedDecimal
  ) {
    let capped = instrument {
      $0.stepSize = "0.00001"
      $0.quantityMax = "0.02"
      $0.notionalMin = 100
    }
    #expect(capped.legalQuantity(asked, at: 60_000) == legal)
  }

  @Test func `nothing is left for a second order where there is not enough for two`() {
    let capped = instrument {
      $0.stepSize = "0.001"
      $0.quantityMin = "0.002"
      $0.quantityMax = "0.002"
    }
    #expect(capped.legalQuantity("0.003", at: 60_000) == "0.002")
  }

  @Test func `nothing legal is made of dust`() {
    let strict = instrument {
      $0.stepSize = "0.001"
      $0.quantityMin = "0.001"
      $0.notionalMin = 5
    }
    #expect(strict.legalQuantity("0.0009", at: 60_000) == nil)
    #expect(strict.legalQuantity("0.0019", at: 60_000) == "0.001")
    #expect(strict.legalQuantity("0.0019", at: 4000) == nil)
    #expect(strict.legalQuantity("-1", at: 60_000) == nil)
  }

  @Test func `a price goes to the tick in the direction told and stays inside the bounds`() {
    let ticked = instrument {
      $0.tickSize = "0.01"
      $0.priceMin = "0.01"
      $0.priceMax = 1000
    }
    #expect(ticked.legalPrice("59.406", .down) == "59.4")
    #expect(ticked.legalPrice("59.401", .up) == "59.41")
    #expect(ticked.legalPrice("0.009", .down) == nil)
    #expect(ticked.legalPrice("1000.001", .up) == nil)
  }
}
