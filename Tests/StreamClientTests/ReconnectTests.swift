import EventLoop
import Testing
import Trading
import Venue

@testable import StreamClient

private func isConnect(_ action: StreamSupervisor.Action) -> Bool {
  if case .connect = action { true } else { false }
}

private func refuse(_ action: StreamSupervisor.Action) -> [StreamSupervisor.Input] {
  if case .connect(let id) = action { [.closed(id, .connect(address: "127.0.0.1:1", errno: 111))] } else { [] }
}

@Suite struct ReconnectTests {
  @Test(arguments: [1 as UInt64, 2, 3, 4])
  func `1 h of refused connections stays within 60 attempts in any 5 minutes, and no wait exceeds 30 s`(seed: UInt64) {
    var stream = SupervisedStream(seed: seed)
    var attempts: [Instant] = []
    stream.input(.start)
    stream.input(.closed(LinkID(number: 1), .connect(address: "127.0.0.1:1", errno: 111)))
    let start = stream.now
    while stream.now < start + .seconds(3600) {
      let before = stream.actions.filter(isConnect).count
      stream.run(for: .seconds(1), answering: refuse)
      attempts += Array(repeating: stream.now, count: stream.actions.filter(isConnect).count - before)
    }
    #expect(attempts.count > 100)
    for (index, first) in attempts.enumerated() {
      let inWindow = attempts[index...].prefix { $0 < first + .seconds(300) }.count
      #expect(inWindow <= 60)
    }
    for report in stream.reports {
      if case .retrying(_, let wait, _) = report { #expect(wait <= .seconds(30)) }
    }
  }

  @Test func `a connection that drops every time it stood uses up the budget and then waits for it`() {
    var timings = StreamTimings()
    timings.backoffCap = .milliseconds(10)
    timings.backoffBase = .milliseconds(10)
    var stream = SupervisedStream(timings: timings)
    stream.input(.start)
    stream.input(.closed(LinkID(number: 1), .ended(errno: 104)))
    stream.run(for: .seconds(299), answering: refuse)
    #expect(stream.actions.filter(isConnect).count == 60)
    #expect(stream.reports.contains { if case .throttled = $0 { true } else { false } })
    stream.run(for: .seconds(3), answering: refuse)
    #expect(stream.actions.filter(isConnect).count > 60)
  }

  @Test func `the first retry after a loss comes within half a second`() {
    for seed in 0..<50 as Range<UInt64> {
      var stream = SupervisedStream(seed: seed)
      let id = stream.open()
      stream.input(.closed(id, .ended(errno: 104)))
      stream.run(for: .milliseconds(500))
      #expect(stream.actions.filter(isConnect).count == 2)
    }
  }

  @Test func `Retry-After of a refused handshake is kept`() {
    var stream = SupervisedStream()
    stream.input(.start)
    stream.input(.closed(LinkID(number: 1), .refused(status: 429, retryAfterSeconds: 40)))
    stream.run(for: .milliseconds(39_999))
    #expect(stream.actions.filter(isConnect).count == 1)
    stream.run(for: .seconds(2))
    #expect(stream.actions.filter(isConnect).count == 2)
  }

  @Test func `a wrong key is tried again after a minute, not sooner`() {
    var stream = SupervisedStream()
    stream.input(.start)
    stream.input(.opened(LinkID(number: 1)))
    stream.input(.verdict(LinkID(number: 1), .refused("-2015", fatal: true)))
    stream.run(for: .milliseconds(59_999))
    #expect(stream.actions.filter(isConnect).count == 1)
    stream.run(for: .seconds(2))
    #expect(stream.actions.filter(isConnect).count == 2)
  }

  @Test func `the budget grants 2 in 10 s, names the time of the 3rd, and is shared`() {
    var budget = ConnectionBudget(maximumAttempts: 2, window: .seconds(10))
    let start = Instant(nanoseconds: 0)
    let first = budget.take(at: start)
    let second = budget.take(at: start + .seconds(4))
    let third = budget.take(at: start + .seconds(5))
    let fourth = budget.take(at: start + .seconds(10))
    #expect(first == nil)
    #expect(second == nil)
    #expect(third == start + .seconds(10))
    #expect(fourth == nil)
  }
}
