import EventLoop
import Foundation

/// One figure on its way from another thread.
final class Inbox: Sendable {
  private let figure = Locked<Double?>(nil)
  private let isThere = DispatchSemaphore(value: 0)

  func put(_ value: Double?) {
    figure.withLock { $0 = value }
    isThere.signal()
  }

  func wait() throws -> Double {
    guard isThere.wait(timeout: .now() + 10) == .success else { throw BenchmarkFailure("nothing came within 10 s") }
    guard let value = figure.withLock({ $0 }) else { throw BenchmarkFailure("a request failed") }
    return value
  }
}
