import Foundation
@testable import Guardian
import Testing
import Venue

extension FakeWorld {
  /// Accepts the commands that were sent as frames, one after the other, until nothing more is sent.
  func replyToFrames() async throws {
    var answered = 0
    while answered < frames.count {
      let frame = frames[answered]
      answered += 1
      let id = try #require(frame.firstMatch(of: #/"id":(\d+)/#)?.output.1)
      await deliver(Self.listReply(id: String(id), to: frame), verdict: .reply)
    }
  }

  private static func listReply(id: String, to frame: String) -> String {
    func parameter(_ name: String) -> String {
      guard let range = frame.range(of: "\"\(name)\":\"") else { return "" }
      return String(frame[range.upperBound...].prefix { $0 != "\"" })
    }
    let orders = [("above", "aboveClientOrderId", 9001), ("below", "belowClientOrderId", 9002)]
      .map { side, key, number in
        """
        {"symbol":"BTCUSDT","orderId":\(number + (Int(id) ?? 0) * 10),"orderListId":\(id),\
        "clientOrderId":"\(parameter(key))","transactTime":1763700801002,"price":"0",\
        "origQty":"\(parameter("quantity"))",\
        "executedQty":"0","cummulativeQuoteQty":"0","status":"NEW","timeInForce":"GTC",\
        "type":"\(parameter(side + "Type"))",\
        "side":"SELL","stopPrice":"\(parameter(side + "StopPrice"))"}
        """
      }
    return """
      {"id":\(id),"status":200,"result":{"orderListId":\(id),"contingencyType":"OCO","listStatusType":"EXEC_STARTED",\
      "listOrderStatus":"EXECUTING","listClientOrderId":"\(parameter("listClientOrderId"))",\
      "transactionTime":1763700801002,"symbol":"BTCUSDT","orders":[],"orderReports":[\(orders.joined(separator: ","))]}}
      """
  }

  /// Lets the loop's timers run until the condition holds; fails when it does not within a thousand turns.
  func settle(_ condition: () -> Bool) async throws {
    for _ in 0..<1000 where !condition() { _ = await account.status }
    #expect(condition())
  }
}
