import Foundation

/// The same execution report read the usual way: the baseline of the decode rate, and what its frames are checked with.
struct CodableReport: Decodable {
  struct Envelope: Decodable {
    var subscriptionId: Int
    var event: CodableReport
  }

  var e, s, c, S, o, f, q, p, P, F, C, x, X, r, l, z, L, n, Z, Y, Q, V, b, k: String
  var N: String?
  var E, T, O, W, g, i, t, I, j, J: Int64
  var w, m, M, uS: Bool

  static func decode(_ frame: [UInt8], with decoder: JSONDecoder) throws -> CodableReport {
    try decoder.decode(Envelope.self, from: Data(frame)).event
  }
}
