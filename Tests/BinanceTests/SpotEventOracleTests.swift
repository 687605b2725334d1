import Binance
import Foundation
import Testing
import Trading
import Venue

/// `JSONDecoder` as the oracle: a second reading of the same bytes by somebody else's code must agree field by field.
struct SpotEventOracleTests {
  private struct Envelope: Decodable {
    var event: Report
  }

  private struct Report: Decodable {
    var e, s, c, S, o, f, q, p, P, C, x, X, r, l, z, L, n, Z: String
    var N, A, eR: String?
    var E, T, O, g, i, t, I: Int64
    var w, m: Bool
  }

  @Test(arguments: Fixture.all("Spot/Events/order"))
  func `our decoder and JSONDecoder read the same report`(_ fixture: Fixture) throws {
    let oracle = try JSONDecoder().decode(Envelope.self, from: Data(fixture.bytes)).event
    guard case .order(let update) = try SpotEventDecoder().decode(fixture.bytes) else {
      Issue.record("\(fixture.name) is no order event")
      return
    }
    let order = update.order
    #expect(order.symbol.text == oracle.s)
    #expect(order.clientOrderID.text == (oracle.x == "CANCELED" ? oracle.C : oracle.c))
    #expect(order.side == (oracle.S == "BUY" ? .buy : .sell))
    #expect(order.type.name.uppercased() == oracle.o)
    #expect(order.status.name.uppercased() == oracle.X)
    #expect(update.execution.name.uppercased() == oracle.x)
    #expect(order.timeInForce.name.uppercased() == oracle.f)
    #expect(order.quantity == FixedDecimal(oracle.q))
    #expect(order.price == FixedDecimal(oracle.p))
    #expect(order.triggerPrice == FixedDecimal(oracle.P))
    #expect(order.executedQuantity == FixedDecimal(oracle.z))
    #expect(order.executedQuote == FixedDecimal(oracle.Z))
    #expect(order.preventedQuantity == oracle.A.map { FixedDecimal($0) } ?? 0)
    #expect(order.orderListID?.number ?? -1 == oracle.g)
    #expect(order.venueOrderID.number == oracle.i)
    #expect(order.isWorking == oracle.w)
    #expect(order.expiryReason == oracle.eR)
    #expect(order.createdAt?.milliseconds == oracle.O)
    #expect(order.updatedAt.milliseconds == oracle.T)
    #expect(update.eventTime.milliseconds == oracle.E)
    #expect(update.executionID == oracle.I)
    #expect(update.fill?.tradeID.number ?? -1 == oracle.t)
    #expect(update.fill?.quantity ?? 0 == FixedDecimal(oracle.l))
    #expect(update.fill?.price ?? 0 == FixedDecimal(oracle.L))
    #expect(update.fill?.commission ?? 0 == FixedDecimal(oracle.n))
    #expect(update.fill?.commissionAsset?.text == oracle.N)
    #expect(update.fill?.isMaker ?? false == oracle.m)
  }
}
