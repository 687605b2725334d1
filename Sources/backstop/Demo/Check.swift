/// One thing that a scene promises, and whether it held.
struct Check: Sendable {
  /// Who said so: the guardian's own opinion is never evidence.
  enum Witness: String, Sendable {
    case venue = "venue ledger"
    case sql = "SQL"
    case process
    case http = "HTTP"
  }

  var witness: Witness
  var statement: String
  var held: Bool
  /// What was seen.
  var seen: String
  /// It is about how long something took.
  var isTiming: Bool

  init(_ witness: Witness, _ statement: String, _ held: Bool, seen: String = "", isTiming: Bool = false) {
    self.witness = witness
    self.statement = statement
    self.held = held
    self.seen = seen
    self.isTiming = isTiming
  }
}

/// One scene of the demo, and of the integration tests.
struct Scene: Sendable {
  var number: String
  var title: String
  var play: @Sendable (Stage) async throws -> [Check]

  init(_ number: String, _ title: String, play: @escaping @Sendable (Stage) async throws -> [Check]) {
    self.number = number
    self.title = title
    self.play = play
  }
}
