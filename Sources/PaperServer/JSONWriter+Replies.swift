import PaperVenue
import Trading

extension JSONWriter {
  /// The body of a reply.
  static func body(_ reply: PaperReply, _ type: ResponseType) -> [UInt8] {
    var json = JSONWriter()
    switch reply {
    case .placed(let placed): json.placed(placed, type)
    case .tested: json.object { _ in }
    case .placedList(let report), .canceledList(let report): json.listReport(report, type)
    case .canceled(let canceled): json.cancelItem(.order(canceled))
    case .canceledAll(let items): json.array(items) { $0.cancelItem($1) }
    case .amended(let amended): json.amended(amended)
    case .cancelReplaced(let report): json.cancelReplaced(report, type)
    case .order(let order): json.order(order)
    case .orders(let orders): json.array(orders) { $0.order($1) }
    case .trades(let trades): json.array(trades) { $0.trade($1) }
    case .list(let list): json.list(list)
    case .lists(let lists): json.array(lists) { $0.list($1) }
    case .amendments(let amendments): json.array(amendments) { $0.amendment($1) }
    case .account(let report): json.account(report)
    }
    return json.bytes
  }

  static func error(_ error: PaperError) -> [UInt8] { object { $0.errorFields(error) } }

  mutating func errorFields(_ error: PaperError) {
    field("code", error.code)
    field("msg", error.message)
  }

  /// The whole body of a cancel-replace: bare on success, as `data` of an error otherwise.
  private mutating func cancelReplaced(_ report: CancelReplaceReport, _ type: ResponseType) {
    guard report.status != 200 else {
      object { $0.cancelReplaceFields(report, type) }
      return
    }
    object { json in
      json.field("code", report.code)
      json.field(
        "msg", report.code == -2021 ? "Order cancel-replace partially failed." : "Order cancel-replace failed.")
      json.field("data") { $0.cancelReplaceFields(report, type) }
    }
  }

  private mutating func cancelReplaceFields(_ report: CancelReplaceReport, _ type: ResponseType) {
    switch report.cancel {
    case .success(let item):
      field("cancelResult", "SUCCESS")
      writeNewOrderResult(report.newOrder)
      key("cancelResponse")
      cancelItem(item)
    case .failure(let error):
      field("cancelResult", "FAILURE")
      writeNewOrderResult(report.newOrder)
      field("cancelResponse") { $0.errorFields(error) }
    }
    key("newOrderResponse")
    switch report.newOrder {
    case .success(let placed): self.placed(placed, type)
    case .failure(let error): object { $0.errorFields(error) }
    case .notAttempted: null()
    }
  }

  private mutating func writeNewOrderResult(_ result: CancelReplaceReport.NewOrderResult) {
    let text =
      switch result {
      case .success: "SUCCESS"
      case .failure: "FAILURE"
      case .notAttempted: "NOT_ATTEMPTED"
      }
    field("newOrderResult", text)
  }
}
