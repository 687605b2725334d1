import EventLoop
import Trading

/// The two steps of what cannot be taken back: the first answers with a word, the second must bring it (fault SE05).
struct ConfirmationDesk: Sendable {
  static let validNanoseconds: Int64 = 30_000_000_000
  /// Open confirmations. People make few; more is a script gone wrong, and the oldest gives way.
  static let openMax = 32

  private struct Slip {
    var word: String
    var account: AccountID
    var symbol: Symbol
    var expires: Int64
  }

  private var slips: [Slip] = []
  private var entropy: Entropy

  init(entropy: Entropy) { self.entropy = entropy }

  mutating func issue(_ account: AccountID, _ symbol: Symbol, at now: Int64) -> String {
    slips.removeAll { $0.expires <= now }
    if slips.count >= Self.openMax { slips.removeFirst() }
    let word = String(entropy.next(), radix: 36) + String(entropy.next(), radix: 36)
    slips.append(Slip(word: word, account: account, symbol: symbol, expires: now + Self.validNanoseconds))
    return word
  }

  /// True once per word, for the same account and symbol, before it expires.
  mutating func redeem(_ word: String, _ account: AccountID, _ symbol: Symbol, at now: Int64) -> Bool {
    guard
      let index = slips.firstIndex(where: {
        $0.word == word && $0.account == account && $0.symbol == symbol && $0.expires > now
      })
    else { return false }
    slips.remove(at: index)
    return true
  }
}
