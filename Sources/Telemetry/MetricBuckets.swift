/// Bucket bounds in seconds, shared so that panels can be laid over each other.
enum MetricBuckets {
  /// From the 50 µs budget of the fast path to the tail of a bad day.
  static let latencySeconds: [Double] = [
    0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
    5,
    10, 30,
  ]
  /// Times in which something is wrong: from a normal round trip to an outage.
  static let exposureSeconds: [Double] = [
    0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 900, 3600,
  ]
  /// Round trips to the venue and whole sweeps.
  static let roundTripSeconds: [Double] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
}
