import Foundation
import Signing
import Testing
import Trading
import Venue

@testable import Binance

/// The keys of the venue's own examples (binance.md §1.5).
enum ExampleKey {
  static let apiKey = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
  static let secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
  /// RFC 8032, test 1.
  static let ed25519 = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"

  static func hmac() throws -> RequestCredential {
    let key = try SigningKey.hmacSHA256(Secret(secret))
    return RequestCredential(apiKey: apiKey, kind: .hmac) { try key.sign($0) }
  }

  static func edwards() throws -> RequestCredential {
    let key = try SigningKey.ed25519(Secret(ed25519))
    return RequestCredential(apiKey: apiKey, kind: .ed25519) { try key.sign($0) }
  }

  /// Answers with the payload itself, so that a test can read what was signed.
  static let transparent = RequestCredential(apiKey: apiKey, kind: .hmac) { String(decoding: $0, as: UTF8.self) }
}

/// Known answers: the payload, and the signature through the real signer.
struct RequestSignatureTests {
  private func order(_ parameters: [RequestParameter]) -> SpotCall {
    .write("order.place", .post, "/api/v3/order", parameters)
  }

  /// H4 and H5 of binance.md §1.5.
  @Test(arguments: [
    (
      "BTCUSDT", "SELL", "52000.00", "0.01000000", Duration.milliseconds(100),
      "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"
    ),
    (
      "１２３４５６", "BUY", "0.10000000", "1.00000000", Duration.seconds(5),
      "b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd"
    ),
  ])
  func `a WebSocket API order is signed over its sorted, unencoded parameters`(
    _ symbol: String, _ side: String, _ price: String, _ quantity: String, _ window: Duration, _ signature: String
  ) throws {
    // Deliberately out of order: sorting is the renderer's task.
    let call = order([
      RequestParameter("type", "LIMIT"), RequestParameter("timeInForce", "GTC"), RequestParameter("symbol", symbol),
      RequestParameter("side", side), RequestParameter("quantity", quantity), RequestParameter("price", price),
    ])
    let now = Timestamp(milliseconds: 1_645_423_376_532)
    let frame = try SpotRequests(credential: ExampleKey.hmac())
      .frame(call, id: .number(1), at: now, receiveWindow: window)
    let object = try JSONSerialization.jsonObject(with: Data(frame.text)) as? [String: Any]
    let params = object?["params"] as? [String: Any]
    #expect(params?["signature"] as? String == signature)
    #expect(params?["symbol"] as? String == symbol)
    #expect(params?["timestamp"] as? Int64 == now.milliseconds)
    #expect(object?["method"] as? String == "order.place")
  }

  /// H6 of binance.md §1.5.
  @Test func `a signed subscription matches its known answer`() throws {
    let frame = try SpotRequests(credential: ExampleKey.hmac())
      .frame(.subscribeSigned, id: .text("s"), at: Timestamp(milliseconds: 1_747_385_641_636))
    let text = String(decoding: frame.text, as: UTF8.self)
    #expect(text.contains("681110a6057ad58657af22f5640fab9dd17418834cdfccdc81be8b0f7b2cde3e"))
  }

  /// E3 of binance.md §1.5, byte for byte the published frame.
  @Test func `a logon is the frame of the documentation`() throws {
    let frame = try SpotRequests(credential: ExampleKey.edwards())
      .frame(.logon, id: .text("a1"), at: Timestamp(milliseconds: 1_649_729_878_532), receiveWindow: .seconds(5))
    #expect(try String(decoding: frame.text, as: UTF8.self) == Fixture("Spot/Frames/session-logon-request").text)
  }

  /// H1 and H2 of binance.md §1.5; E1 and E2 are the same payloads in another order.
  @Test(arguments: [
    ("LTCBTC", "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
    ("１２３４５６", "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3"),
  ])
  func `a REST order is signed over its encoded parameters in the order they are sent`(
    _ symbol: String, _ signature: String
  ) throws {
    let call = order([
      RequestParameter("symbol", symbol), RequestParameter("side", "BUY"), RequestParameter("type", "LIMIT"),
      RequestParameter("timeInForce", "GTC"), RequestParameter("quantity", "1"), RequestParameter("price", "0.1"),
    ])
    let request = try SpotRequests(credential: ExampleKey.hmac())
      .request(call, at: Timestamp(milliseconds: 1_499_827_319_559), receiveWindow: .seconds(5))
    let body = String(decoding: request.body, as: UTF8.self)
    #expect(body.hasSuffix("&signature=" + signature))
    #expect(!body.contains("１"))
    #expect(request.headers.contains(HTTPRequest.Header("X-MBX-APIKEY", ExampleKey.apiKey)))
  }

  /// E1 and E2 of binance.md §1.5: the base64 goes into the form percent-encoded.
  @Test(arguments: [
    (
      "BTCUSDT",
      "XtZirsmmi0noRzUfkqktvkVfxpkq%2FWtbLg2UOL3QGYdUBZVlqOBEMuEVw8zioY93N54NcKj9UuAXQEa9zgTDBg%3D%3D"
    ),
    (
      "１２３４５６",
      "FWYdifsZ1T%2BXvAR4JXeCD399kQM9CBUnEKjWb0%2BjS1X00g%2BLgvtR8uBv2T7dn1gFf9GPIhHnYlM%2B6vBsJOnMDA%3D%3D"
    ),
  ])
  func `an Ed25519 signature is encoded once more when it is sent`(_ symbol: String, _ signature: String) throws {
    // The example has the timestamp before the window, so both are given as parameters of an open call and signed by
    // hand.
    let parameters = [
      RequestParameter("symbol", symbol), RequestParameter("side", "SELL"), RequestParameter("type", "LIMIT"),
      RequestParameter("timeInForce", "GTC"), RequestParameter("quantity", "1"), RequestParameter("price", "0.2"),
      RequestParameter("timestamp", 1_668_481_559_918), RequestParameter("recvWindow", 5000),
    ]
    var text = RequestText()
    for parameter in parameters { text.appendEncodedPair(parameter) }
    text.appendEncodedPair(RequestParameter("signature", try ExampleKey.edwards().signature(of: text.bytes)))
    #expect(String(decoding: text.bytes, as: UTF8.self).hasSuffix("&signature=" + signature))
  }

  @Test func `an RSA credential's signature verifies with its public key`() throws {
    let generated = try SigningKey.rsa(GeneratedKey.rsa().privatePEM)
    let credential = RequestCredential(apiKey: "k", kind: .rsa) { try generated.sign($0) }
    let payload = bytes("symbol=BTCUSDT&timestamp=1")
    let signature = try credential.signature(of: payload)
    #expect(generated.verificationKey.verify(signature, of: payload))
  }

  @Test func `a credential shows neither key nor signer`() throws {
    let credential = try ExampleKey.hmac()
    var dumped = ""
    dump(credential, to: &dumped)
    for text in ["\(credential)", String(reflecting: credential), dumped] {
      #expect(!text.contains(ExampleKey.apiKey) && !text.contains(ExampleKey.secret))
    }
  }

  @Test func `a signer that fails sends nothing`() {
    struct NoKey: Error {}
    let requests = SpotRequests(credential: RequestCredential(apiKey: "k", kind: .rsa) { _ in throw NoKey() })
    let now = Timestamp(milliseconds: 1)
    #expect(throws: NoKey.self) { try requests.frame(.account, id: .number(1), at: now) }
    #expect(throws: NoKey.self) { try requests.request(.account, at: now) }
  }
}
