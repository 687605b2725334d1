/// A group of figures that are measured together.
protocol Benchmark {
  static var name: String { get }
  static var summary: String { get }
  static func measure(_ effort: Effort) throws -> [Measurement]
}
