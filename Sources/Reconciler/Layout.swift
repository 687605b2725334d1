import Trading
import Venue

/// How the uncovered quantity of a symbol is cut into pieces. Slots are a resource: as they run out, levels are given
/// up in this order, and never the stop (DESIGN "Slots are a resource").
struct Layout: Hashable, Sendable {
  var level: Level
  var pieces: [Piece]

  enum Level: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// One pair of trigger legs per tranche.
    case trigger
    /// One pair per tranche, its take-profit a resting maker order: one conditional order less.
    case maker
    /// One maker pair per lot.
    case oneTranche
    /// One maker pair for all lots.
    case merged
    /// One stop for all lots; the take-profit is watched by the guardian.
    case stopOnly

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    var reason: Reason? {
      switch self {
      case .trigger: nil
      case .maker: .degradedMakerTakeProfit
      case .oneTranche: .degradedOneTranche
      case .merged: .degradedMergedLots
      case .stopOnly: .degradedStopOnly
      }
    }
  }

  /// What a lot needs, cut to a legal quantity.
  struct Need: Hashable, Sendable {
    var lot: LotCoverage
    var quantity: FixedDecimal
  }

  /// The first level whose pieces fit into the slots, or `nil` when not even one stop does.
  ///
  /// - Parameter crumbs: lots that lack too little for an order of their own: a piece for all lots takes it along.
  static func fit(_ needs: [Need], crumbs: [LotCoverage], slots: SymbolView.Slots, view: SymbolView) -> Layout? {
    guard !needs.isEmpty else { return nil }
    for level in Level.allCases {
      let pieces = pieces(needs, crumbs, level, view)
      guard !pieces.isEmpty else { continue }
      let algo = pieces.reduce(0) { $0 + $1.algoSlots }
      let lists = pieces.reduce(0) { $0 + $1.lists }
      let orders = pieces.reduce(0) { $0 + $1.orders }
      if algo <= max(0, slots.algo), lists <= max(0, slots.lists), orders <= max(0, slots.orders) {
        return Layout(level: level, pieces: pieces)
      }
    }
    return nil
  }

  private static func pieces(
    _ needs: [Need], _ crumbs: [LotCoverage], _ level: Level, _ view: SymbolView
  ) -> [Piece] {
    switch level {
    case .trigger, .maker: needs.flatMap { tranches(of: $0, level, view) }
    case .oneTranche:
      needs.map { piece(of: $0.lot.lot, tranche: openTranche($0, view), quantity: $0.quantity, level, view) }
    case .merged, .stopOnly: [merged(needs, crumbs, level, view)]
    }
  }

  /// One piece per tranche that lacks quantity. Pieces too small to be legal by themselves join their neighbour.
  private static func tranches(of need: Need, _ level: Level, _ view: SymbolView) -> [Piece] {
    let lot = need.lot.lot
    let parts = split(need, view)
    return parts.map { piece(of: lot, tranche: $0.tranche, quantity: $0.quantity, level, view) }
  }

  /// The needed quantity over the tranches, by what each lacks of its share.
  static func split(_ need: Need, _ view: SymbolView) -> [(tranche: Int, quantity: FixedDecimal)] {
    let lot = need.lot.lot
    let count = lot.bracket.takeProfits.count
    guard count > 1 else { return [(1, need.quantity)] }
    let price = view.judgingPrice(of: lot)
    let whole = lot.filledQuantity - lot.baseFee
    var rest = need.quantity
    var parts: [(tranche: Int, quantity: FixedDecimal)] = []
    for tranche in 1...count where rest.isPositive {
      let share = lot.bracket.takeProfits[tranche - 1].share
      let target = (whole * share).rounded(toMultipleOf: view.instrument.filters.stepSize, .down)
      let assigned = view.assigned(to: tranche, of: need.lot)
      let lack = tranche == count ? rest : FixedDecimal.min(rest, FixedDecimal.max(.zero, target - assigned))
      guard let legal = view.instrument.legalQuantity(lack, at: price, market: true) else { continue }
      parts.append((tranche, legal))
      rest = rest - legal
    }
    // What was too small for a tranche of its own goes with the last piece, so that nothing legal stays uncovered.
    if rest.isPositive {
      let step = view.instrument.filters.stepSize
      let leftover = rest.rounded(toMultipleOf: step, .down)
      if parts.isEmpty {
        parts.append((openTranche(need, view), need.quantity))
      } else if let last = view.instrument.legalQuantity(
        parts[parts.count - 1].quantity + leftover, at: price, market: true)
      {
        parts[parts.count - 1].quantity = last
      }
    }
    return parts
  }

  /// The first tranche whose share is not reached.
  private static func openTranche(_ need: Need, _ view: SymbolView) -> Int {
    let lot = need.lot.lot
    let whole = lot.filledQuantity - lot.baseFee
    for (index, target) in lot.bracket.takeProfits.enumerated() {
      let share = (whole * target.share).rounded(toMultipleOf: view.instrument.filters.stepSize, .down)
      if view.assigned(to: index + 1, of: need.lot) < share { return index + 1 }
    }
    return max(1, lot.bracket.takeProfits.count)
  }

  /// One piece for all needs, with the tightest stop, named after the oldest lot.
  private static func merged(
    _ needs: [Need], _ crumbs: [LotCoverage], _ level: Level, _ view: SymbolView
  ) -> Piece {
    let first = needs[0]
    let sum = whole(needs, crumbs, view)
    var piece = piece(of: first.lot.lot, tranche: openTranche(first, view), quantity: sum, level, view)
    let stops = needs.compactMap { view.stopPrice(of: $0.lot.lot) }
    if let tightest = stops.max() { piece.stop = tightest }
    return piece
  }

  /// What all needs come to when they are rounded once instead of one by one, as far as the wallet has it: with many
  /// lots the rests make an order of their own.
  private static func whole(_ needs: [Need], _ crumbs: [LotCoverage], _ view: SymbolView) -> FixedDecimal {
    let rounded = needs.reduce(FixedDecimal.zero) { $0 + $1.quantity }
    let rests = needs.reduce(crumbs.reduce(.zero) { $0 + $1.placeable }) {
      $0 + FixedDecimal.max(.zero, $1.lot.placeable - $1.quantity)
    }
    let free = view.sellable.map { FixedDecimal.min($0, rounded + rests) } ?? rounded + rests
    let price = needs.map { view.judgingPrice(of: $0.lot.lot) }.min() ?? .zero
    return FixedDecimal.max(rounded, view.instrument.legalQuantity(free, at: price, market: true) ?? rounded)
  }

  private static func piece(
    of lot: Lot, tranche: Int, quantity: FixedDecimal, _ level: Level, _ view: SymbolView
  ) -> Piece {
    let stop = view.stopPrice(of: lot)
    let takeProfit = view.takeProfitPrice(of: lot, tranche: tranche)
    var piece = Piece(
      lot: lot, tranche: tranche, quantity: quantity, stop: stop, takeProfit: takeProfit, form: .stopOnly,
      degradation: level.reason)
    guard let takeProfit else { return piece }
    guard let stop else {
      piece.form = .takeProfitOnly
      return piece
    }
    let pairIsPossible = view.instrument.allowsOCO && !view.memory.stopOnly.contains(lot.id) && stop < takeProfit
    guard pairIsPossible, level != .stopOnly else {
      piece.degradation = .degradedStopOnly
      return piece
    }
    let wantsMaker = level != .trigger || lot.bracket.takeProfitStyle == .maker
    if wantsMaker, view.instrument.supports(.limitMaker) {
      piece.form = .makerPair
      if lot.bracket.takeProfitStyle == .maker, level == .maker { piece.degradation = nil }
    } else {
      piece.form = .triggerPair
    }
    return piece
  }
}

extension SymbolView {
  /// What a tranche of a lot already has: live legs, and what its legs have sold.
  func assigned(to tranche: Int, of lot: LotCoverage) -> FixedDecimal {
    let live = protections.filter { $0.name.lot == lot.lot.id && $0.name.tranche == tranche }
    return live.reduce(lot.account.soldByTranche[tranche] ?? .zero) { $0 + $1.lockedQuantity }
  }
}
