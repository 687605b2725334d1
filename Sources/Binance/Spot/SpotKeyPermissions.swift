/// What an API key may do, as `GET /sapi/v1/account/apiRestrictions` tells (binance.md §1.2). Only the live environment
/// has it.
public struct SpotKeyPermissions: Hashable, Sendable {
  /// A key that may withdraw is refused by default (fault SE10).
  public var canWithdraw: Bool
  public var canTrade: Bool
  /// Only listed addresses may use the key.
  public var isAddressRestricted: Bool

  public init(canWithdraw: Bool, canTrade: Bool, isAddressRestricted: Bool) {
    self.canWithdraw = canWithdraw
    self.canTrade = canTrade
    self.isAddressRestricted = isAddressRestricted
  }
}

extension SpotCall {
  public static var keyPermissions: SpotCall {
    .read("apiRestrictions", "/sapi/v1/account/apiRestrictions", weight: 1)
  }
}

extension SpotReplyDecoder {
  public func keyPermissions(_ body: ArraySlice<UInt8>) throws(MalformedMessage) -> SpotKeyPermissions {
    try body.readingJSON { (reader) throws(MalformedMessage) in
      var canWithdraw: Bool?
      var canTrade: Bool?
      var isAddressRestricted: Bool?
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch key {
        case "enableWithdrawals": canWithdraw = try reader.boolean()
        case "enableSpotAndMarginTrading": canTrade = try reader.boolean()
        case "ipRestrict": isAddressRestricted = try reader.boolean()
        default: try reader.skip()
        }
      }
      return SpotKeyPermissions(
        canWithdraw: try reader.required(canWithdraw, "enableWithdrawals"),
        canTrade: try reader.required(canTrade, "enableSpotAndMarginTrading"),
        isAddressRestricted: isAddressRestricted ?? false)
    }
  }
}
