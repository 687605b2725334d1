import Trading

/// The symbols that an input touched, each once. Nearly always one, which needs no memory of its own.
struct DirtySymbols: Sendable {
  private var first: Symbol?
  private var others: Set<Symbol> = []

  mutating func insert(_ symbol: Symbol) {
    if first == nil {
      first = symbol
    } else if first != symbol {
      others.insert(symbol)
    }
  }

  mutating func formUnion(_ symbols: [Symbol]) { for symbol in symbols { insert(symbol) } }

  /// The symbol that is alone in the set.
  var only: Symbol? { others.isEmpty ? first : nil }

  func sorted() -> [Symbol] { first.map { others.union([$0]).sorted() } ?? [] }
}
