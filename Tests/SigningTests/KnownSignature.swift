import Testing

/// Published and recomputed signatures of the venue's own examples (binance.md §1.5).
struct KnownSignature: Sendable, CustomTestStringConvertible {
  let id: String
  let payload: String
  let signature: String
  var testDescription: String { id }

  static let spotSecret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
  static let futuresSecret = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
  /// RFC 8032 §7.1 test 1, as PKCS#8 and as SubjectPublicKeyInfo, base64 of DER.
  static let ed25519Private = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"
  static let ed25519Public = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

  static let spot = [
    KnownSignature(
      id: "H1",
      payload:
        "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&"
        + "timestamp=1499827319559",
      signature: "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
    KnownSignature(
      id: "H2",
      payload:
        "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT&"
        + "timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
      signature: "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3"),
    KnownSignature(
      id: "H3",
      payload:
        "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTCquantity=1&price=0.1&recvWindow=5000&"
        + "timestamp=1499827319559",
      signature: "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77"),
    KnownSignature(
      id: "H4",
      payload:
        "apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&price=52000.00&"
        + "quantity=0.01000000&recvWindow=100&side=SELL&symbol=BTCUSDT&timeInForce=GTC&"
        + "timestamp=1645423376532&type=LIMIT",
      signature: "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"),
    KnownSignature(
      id: "H5",
      payload:
        "apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&price=0.10000000&"
        + "quantity=1.00000000&recvWindow=5000&side=BUY&symbol=１２３４５６&timeInForce=GTC&"
        + "timestamp=1645423376532&type=LIMIT",
      signature: "b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd"),
    KnownSignature(
      id: "H6",
      payload:
        "apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&"
        + "timestamp=1747385641636",
      signature: "681110a6057ad58657af22f5640fab9dd17418834cdfccdc81be8b0f7b2cde3e"),
  ]

  static let futures = [
    KnownSignature(
      id: "H7",
      payload:
        "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&"
        + "timestamp=1591702613943",
      signature: "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9"),
    KnownSignature(
      id: "H8",
      payload:
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTCquantity=1&price=9000&recvWindow=5000&"
        + "timestamp=1591702613943",
      signature: "30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4"),
    KnownSignature(
      id: "H9",
      payload:
        "algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&type=STOP_MARKET&quantity=0.010&"
        + "reduceOnly=true&triggerPrice=60000.0&workingType=MARK_PRICE&priceProtect=TRUE&"
        + "clientAlgoId=sl-7F3A.1&recvWindow=5000&timestamp=1763700000000",
      signature: "072c46ca462a5a5eb0a74d6ddb185646b7580224b47b0dfeb752e1e8c1a22539"),
    KnownSignature(
      id: "H10",
      payload:
        "batchOrders=%5B%7B%22symbol%22%3A%22BTCUSDT%22%2C%22side%22%3A%22SELL%22%2C%22type%22%3A%22LIMI"
        + "T%22%2C%22timeInForce%22%3A%22GTC%22%2C%22quantity%22%3A%220.010%22%2C%22price%22%3A%2270000.0%"
        + "22%7D%5D&recvWindow=5000&timestamp=1763700000000",
      signature: "017f73b777dc3a3cbff6588938a6abb23feee4d9e3aaf59a5e9442229dfad3c0"),
  ]

  static let ed25519 = [
    KnownSignature(
      id: "E1",
      payload:
        "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2&"
        + "timestamp=1668481559918&recvWindow=5000",
      signature: "XtZirsmmi0noRzUfkqktvkVfxpkq/WtbLg2UOL3QGYdUBZVlqOBEMuEVw8zioY93N54NcKj9UuAXQEa9zgTDBg=="),
    KnownSignature(
      id: "E2",
      payload:
        "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=SELL&type=LIMIT&"
        + "timeInForce=GTC&quantity=1&price=0.2&timestamp=1668481559918&recvWindow=5000",
      signature: "FWYdifsZ1T+XvAR4JXeCD399kQM9CBUnEKjWb0+jS1X00g+LgvtR8uBv2T7dn1gFf9GPIhHnYlM+6vBsJOnMDA=="),
    KnownSignature(
      id: "E3",
      payload:
        "apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&recvWindow=5000&"
        + "timestamp=1649729878532",
      signature: "CMKsZvJ1mu1ItCShmqOqHhPfx6lcMWc4gChfgTK7tHCfmUb94Mo/UZird5l0jXAoUxgrnW1fBYGpKYTTdG99AA=="),
  ]
}
