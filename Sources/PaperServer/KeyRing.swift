import PaperVenue
import Signing
import Trading

/// The venue's API keys, and the checks that a signed request must pass (binance.md §1.2–§1.4).
struct KeyRing {
  struct Entry {
    let apiKey: String
    let account: AccountID
    let key: VerificationKey
    var canTrade = true
  }

  /// Longest `recvWindow` the venue accepts, in milliseconds.
  static let windowMax: Int64 = 60_000
  static let windowDefault: Int64 = 5_000
  /// How far ahead of the server a timestamp may be.
  static let aheadMax = Duration.milliseconds(1000)

  private(set) var entries: [Entry] = []

  mutating func add(_ entry: Entry) { entries.append(entry) }
  mutating func revoke(_ apiKey: String) { entries.removeAll { $0.apiKey == apiKey } }

  /// The holder of a key.
  func entry(for apiKey: String?) throws(PaperError) -> Entry {
    guard let apiKey, !apiKey.isEmpty else { throw .badKeyFormat }
    guard let entry = entries.first(where: { $0.apiKey == apiKey }) else { throw .badKey }
    return entry
  }

  /// Passes a request whose signature fits its payload and whose time is the server's.
  func check(
    _ entry: Entry, payload: some Collection<UInt8>, parameters: Parameters, at serverTime: Timestamp
  ) throws(PaperError) {
    let signature = try parameters.required("signature", parameters["signature"])
    guard let timestamp = try parameters.timestamp("timestamp") else { throw .missingParameter("timestamp") }
    guard entry.key.verify(signature, of: Array(payload)) else { throw .badSignature }
    try Self.checkTime(timestamp, window: parameters["recvWindow"], at: serverTime)
  }

  static func checkTime(_ timestamp: Timestamp, window: String?, at serverTime: Timestamp) throws(PaperError) {
    var accepted = Duration.milliseconds(windowDefault)
    if let window {
      guard let value = FixedDecimal(window), value.isPositive else {
        throw .illegalCharacters("recvWindow", legal: "^[0-9]{1,20}(\\.[0-9]{1,3})?$")
      }
      guard value <= FixedDecimal(Int(windowMax)) else {
        throw PaperError(code: -1131, message: "recvWindow must be less than \(windowMax).")
      }
      accepted = .microseconds(value.steps(of: "0.001"))
    }
    guard timestamp - serverTime < aheadMax else { throw .aheadOfServer }
    guard serverTime - timestamp <= accepted else { throw .outsideWindow }
  }

  /// What a REST request signs: query and body as sent, without the signature, put together with nothing between.
  static func payload(query: String, body: String) -> [UInt8] {
    Array((withoutSignature(query) + withoutSignature(body)).utf8)
  }

  private static func withoutSignature(_ form: String) -> String {
    form.split(separator: "&", omittingEmptySubsequences: false).filter { !$0.hasPrefix("signature=") }
      .joined(separator: "&")
  }
}
