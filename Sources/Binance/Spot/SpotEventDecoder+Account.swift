import Trading
import Venue

extension SpotEventDecoder {
  /// `outboundAccountPosition`: absolute balances of the assets that may have changed.
  func accountPosition(_ reader: inout JSONReader) throws(MalformedMessage) -> VenueEvent {
    var balances: [Balance]?
    var eventTime: Int64?
    var changedAt: Int64?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "B":
        var list: [Balance] = []
        try reader.beginArray()
        while try reader.nextElement() { list.append(try reader.balance(asset: "a", free: "f", locked: "l")) }
        balances = list
      case "E": eventTime = try reader.integer()
      case "u": changedAt = try reader.integer()
      default: try reader.skip()
      }
    }
    let time = try reader.required(changedAt ?? eventTime, "u")
    return .balances(try reader.required(balances, "B"), at: timeUnit.timestamp(time))
  }

  /// `balanceUpdate` and `externalLockUpdate`: a signed change of one asset.
  func assetChange(_ reader: inout JSONReader) throws(MalformedMessage) -> (Asset, FixedDecimal, Timestamp) {
    var asset: Asset?
    var change: FixedDecimal?
    var eventTime: Int64?
    var clearedAt: Int64?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "a": asset = try reader.asset()
      case "d": change = try reader.decimal()
      case "E": eventTime = try reader.integer()
      case "T": clearedAt = try reader.integer()
      default: try reader.skip()
      }
    }
    let time = try reader.required(clearedAt ?? eventTime, "T")
    return (try reader.required(asset, "a"), try reader.required(change, "d"), timeUnit.timestamp(time))
  }

  /// `listStatus`: an order list as a whole.
  func listStatus(_ reader: inout JSONReader) throws(MalformedMessage) -> OrderListUpdate {
    var symbol: Symbol?
    var listID: OrderListID?
    var clientID: JSONText?
    var contingency = ""
    var isDone: Bool?
    var members: [OrderListUpdate.Member] = []
    var time: Int64?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "s": symbol = try reader.symbol()
      case "g": listID = try reader.orderListID()
      case "C": clientID = try reader.text()
      case "c": contingency = try reader.text().string
      case "L": isDone = try reader.listIsDone()
      case "O": members = try reader.listMembers(orderID: "i", clientOrderID: "c")
      case "T": time = try reader.integer()
      default: try reader.skip()
      }
    }
    return OrderListUpdate(
      symbol: try reader.required(symbol, "s"), orderListID: try reader.required(listID, "g"),
      listClientOrderID: ClientOrderID(try reader.required(clientID, "C").string), contingency: contingency,
      isDone: try reader.required(isDone, "L"), members: members,
      at: timeUnit.timestamp(try reader.required(time, "T")))
  }
}

extension JSONReader {
  mutating func balance(
    asset assetKey: StaticString, free freeKey: StaticString, locked lockedKey: StaticString
  ) throws(MalformedMessage) -> Balance {
    var asset: Asset?
    var free: FixedDecimal?
    var locked: FixedDecimal?
    try beginObject()
    while let key = try nextKey() {
      switch key {
      case assetKey: asset = try self.asset()
      case freeKey: free = try decimal()
      case lockedKey: locked = try decimal()
      default: try skip()
      }
    }
    return Balance(
      asset: try required(asset, assetKey), free: try required(free, freeKey), locked: try required(locked, lockedKey))
  }

  /// A list's status word. `EXECUTING` is alive; an unknown word is not believed to be an end.
  mutating func listIsDone() throws(MalformedMessage) -> Bool {
    switch try text() {
    case "ALL_DONE", "REJECT": true
    default: false
    }
  }

  mutating func listMembers(
    orderID orderKey: StaticString, clientOrderID clientKey: StaticString
  ) throws(MalformedMessage) -> [OrderListUpdate.Member] {
    var members: [OrderListUpdate.Member] = []
    try beginArray()
    while try nextElement() {
      var orderID: Int64?
      var clientID: JSONText?
      try beginObject()
      while let key = try nextKey() {
        switch key {
        case orderKey: orderID = try integer()
        case clientKey: clientID = try text()
        default: try skip()
        }
      }
      members.append(
        OrderListUpdate.Member(
          venueOrderID: VenueOrderID(try required(orderID, orderKey)),
          clientOrderID: ClientOrderID(try required(clientID, clientKey).string)))
    }
    return members
  }
}
