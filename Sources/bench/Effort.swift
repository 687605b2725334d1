/// How long is measured: in full for figures, quickly to see that a group works or to profile it.
enum Effort {
  case full, quick

  func rounds(_ count: Int) -> Int {
    switch self {
    case .full: count
    case .quick: 1
    }
  }

  func samples(_ count: Int) -> Int {
    switch self {
    case .full: count
    case .quick: max(1, count / 10)
    }
  }
}
