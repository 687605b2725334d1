extension Scene {
  /// In the order in which the demo plays them: scene 6 ends what scene 1 began.
  static let all: [Scene] = [
    .normal, .partialFills, .streamClosed, .streamSilent, .coldStart, .direct, .takeProfitThenStop,
  ]
}
