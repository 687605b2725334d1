/// Subjects measured in turn, round after round, so that whatever else the machine does hits all of them alike.
struct Rounds {
  private var results: [[Double]] = []

  /// Runs each subject once per round, after one round that does not count. Every second round runs in the opposite
  /// order.
  init(_ count: Int, preparing prepare: () throws -> Void = {}, of subjects: [() throws -> Double]) throws {
    results = Array(repeating: [], count: subjects.count)
    for round in 0...count {
      try prepare()
      let order = round % 2 == 0 ? Array(subjects.indices) : subjects.indices.reversed()
      for index in order {
        let value = try subjects[index]()
        if round > 0 { results[index].append(value) }
      }
    }
  }

  func median(_ subject: Int) -> Double { Samples(results[subject]).median }

  /// The median of what each round says by itself.
  func ratio(_ subject: Int, to baseline: Int) -> Double {
    Samples(zip(results[subject], results[baseline]).map { $0 / $1 }).median
  }
}
