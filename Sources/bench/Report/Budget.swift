/// What a figure must reach (DESIGN §5). A figure may have several; all must hold.
enum Budget: Equatable {
  case atLeast(Double)
  case atMost(Double)
  /// Against the baseline of the same run.
  case ratioAtLeast(Double)
  case ratioAtMost(Double)

  func isMet(value: Double, ratio: Double?) -> Bool {
    switch self {
    case .atLeast(let limit): value >= limit
    case .atMost(let limit): value <= limit
    case .ratioAtLeast(let limit): (ratio ?? 0) >= limit
    case .ratioAtMost(let limit): (ratio ?? .infinity) <= limit
    }
  }

  func text(unit: String) -> String {
    switch self {
    case .atLeast(let limit): "≥ \(Figure.text(limit)) \(unit)"
    case .atMost(let limit): "≤ \(Figure.text(limit)) \(unit)"
    case .ratioAtLeast(let limit): "≥ \(Figure.text(limit)) × baseline"
    case .ratioAtMost(let limit): "≤ \(Figure.text(limit)) × baseline"
    }
  }
}
