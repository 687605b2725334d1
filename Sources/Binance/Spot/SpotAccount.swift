public import Trading

/// The answer to `account.status`.
public struct SpotAccount: Hashable, Sendable {
  public var balances: [Balance]
  /// `false`: the venue refuses every order of the account.
  public var canTrade: Bool
  /// The venue's number of the account: two keys with the same number are the same wallet.
  public var userID: Int64?

  public init(balances: [Balance], canTrade: Bool, userID: Int64? = nil) {
    self.balances = balances
    self.canTrade = canTrade
    self.userID = userID
  }
}

extension SpotReplyDecoder {
  public func account(_ body: ArraySlice<UInt8>) throws(MalformedMessage) -> SpotAccount {
    try body.readingJSON { (reader) throws(MalformedMessage) in
      var balances: [Balance]?
      var canTrade: Bool?
      var userID: Int64?
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch key {
        case "balances":
          balances = try reader.array { (reader) throws(MalformedMessage) in
            try reader.balance(asset: "asset", free: "free", locked: "locked")
          }
        case "canTrade": canTrade = try reader.boolean()
        case "uid": userID = try reader.integer()
        default: try reader.skip()
        }
      }
      return SpotAccount(
        balances: try reader.required(balances, "balances"), canTrade: try reader.required(canTrade, "canTrade"),
        userID: userID)
    }
  }
}
