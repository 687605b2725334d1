public import CoreMetrics
import Synchronization

// One value (or one set of buckets) each. An update is one or two relaxed atomic operations: no lock, no allocation, a
// few nanoseconds, so the loop thread may do it on the protective path.

/// A number that only grows.
public final class CounterSeries: CounterHandler, FloatingPointCounterHandler, Sendable {
  // Whole steps and parts apart, because nearly every counter only has whole steps and those need no compare-and-swap.
  private let whole = Atomic<Int64>(0)
  private let parts = Atomic<UInt64>(0)

  init() {}

  public func add(_ amount: Int = 1) {
    guard amount > 0 else { return }
    whole.wrappingAdd(Int64(amount), ordering: .relaxed)
  }

  /// For counters of seconds. Negative and non-finite amounts are ignored.
  public func add(seconds amount: Double) {
    guard amount > 0, amount.isFinite else { return }
    parts.addDouble(amount)
  }

  /// For totals that somebody else counts (the kernel's).
  public func set(total: Double) {
    guard total.isFinite else { return }
    whole.store(0, ordering: .relaxed)
    parts.store(total.bitPattern, ordering: .relaxed)
  }

  public var value: Double { Double(whole.load(ordering: .relaxed)) + parts.double }

  public func increment(by amount: Int64) { add(Int(amount)) }
  public func increment(by amount: Double) { add(seconds: amount) }

  public func reset() {
    whole.store(0, ordering: .relaxed)
    parts.store(0, ordering: .relaxed)
  }
}

/// A number that goes up and down.
public final class GaugeSeries: MeterHandler, RecorderHandler, Sendable {
  private let bits: Atomic<UInt64>

  init(initial: Double) { bits = Atomic(initial.bitPattern) }

  /// Non-finite values are ignored: a gauge never shows `NaN` (what is not known has a gauge of its own).
  public func set(_ value: Double) {
    guard value.isFinite else { return }
    bits.store(value.bitPattern, ordering: .relaxed)
  }

  public func set(_ value: Bool) { set(value ? 1.0 : 0.0) }

  public func add(_ amount: Double) {
    guard amount.isFinite else { return }
    bits.addDouble(amount)
  }

  public var value: Double { bits.double }

  public func set(_ value: Int64) { set(Double(value)) }
  public func increment(by amount: Double) { add(amount) }
  public func decrement(by amount: Double) { add(-amount) }
  public func record(_ value: Int64) { set(Double(value)) }
  public func record(_ value: Double) { set(value) }
}

/// How often a value fell into each range.
public final class HistogramSeries: TimerHandler, RecorderHandler, @unchecked Sendable {
  // Unchecked because of the pointer; it is written in `init` only and points to atomics (arrays cannot hold them).
  private let counts: UnsafeMutablePointer<Atomic<UInt64>>
  private let sum = Atomic<UInt64>(0)
  let bounds: [Double]

  init(bounds: [Double]) {
    self.bounds = bounds
    counts = .allocate(capacity: bounds.count + 1)
    for index in 0...bounds.count { (counts + index).initialize(to: Atomic(0)) }
  }

  deinit {
    counts.deinitialize(count: bounds.count + 1)
    counts.deallocate()
  }

  /// In the metric's unit. Negative values (a clock that was corrected) count as 0; non-finite ones are ignored.
  public func observe(_ value: Double) {
    guard value.isFinite else { return }
    let value = max(0, value)
    var index = 0
    while index < bounds.count, value > bounds[index] { index += 1 }
    counts[index].wrappingAdd(1, ordering: .relaxed)
    if value > 0 { sum.addDouble(value) }
  }

  public func observe(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    observe(Double(seconds) + Double(attoseconds) * 1e-18)
  }

  public func recordNanoseconds(_ nanoseconds: Int64) { observe(Double(nanoseconds) * 1e-9) }
  public func record(_ value: Int64) { observe(Double(value)) }
  public func record(_ value: Double) { observe(value) }

  /// Observations per bucket, not cumulative, the last one above every bound; and their sum.
  public var contents: (counts: [UInt64], sum: Double) {
    ((0...bounds.count).map { counts[$0].load(ordering: .relaxed) }, sum.double)
  }

  public var count: UInt64 { contents.counts.reduce(0, +) }
}

extension Atomic where Value == UInt64 {
  /// The bits as a floating-point number.
  fileprivate var double: Double { Double(bitPattern: load(ordering: .relaxed)) }

  fileprivate func addDouble(_ amount: Double) {
    var seen = load(ordering: .relaxed)
    while true {
      let (exchanged, original) = weakCompareExchange(
        expected: seen, desired: (Double(bitPattern: seen) + amount).bitPattern, ordering: .relaxed)
      if exchanged { return }
      seen = original
    }
  }
}
