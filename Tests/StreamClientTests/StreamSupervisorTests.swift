import EventLoop
import Testing
import Trading
import Venue
import WebSocket

@testable import StreamClient

/// A supervisor with a hand-moved time.
struct SupervisedStream {
  var supervisor: StreamSupervisor
  var budget = ConnectionBudget()
  var now = Instant(nanoseconds: 0)
  /// Everything that was done, in order.
  var actions: [StreamSupervisor.Action] = []

  init(seed: UInt64 = 1, timings: StreamTimings = StreamTimings()) {
    supervisor = StreamSupervisor(timings: timings, entropy: Entropy.seeded(seed))
  }

  @discardableResult
  mutating func input(_ input: StreamSupervisor.Input) -> [StreamSupervisor.Action] {
    let done = supervisor.handle(input, at: now, budget: &budget)
    actions += done
    return done
  }

  /// Lets time pass, tick by tick; `answer` plays the peer.
  mutating func run(
    for duration: Duration, answering answer: (StreamSupervisor.Action) -> [StreamSupervisor.Input] = { _ in [] }
  ) {
    let end = now + duration
    while let due = supervisor.nextDeadline, due <= end {
      now = max(now, due)
      var waiting = input(.tick)
      while !waiting.isEmpty {
        let replies = answer(waiting.removeFirst())
        for reply in replies { waiting += input(reply) }
      }
    }
    now = end
  }

  /// Starts and brings the first connection to a standing subscription.
  mutating func open() -> LinkID {
    input(.start)
    let id = LinkID(number: 1)
    input(.opened(id))
    input(.verdict(id, .ready))
    return id
  }

  var reports: [StreamReport] {
    actions.compactMap { if case .report(let report) = $0 { report } else { nil } }
  }
}

/// A peer that answers everything.
func healthy(_ action: StreamSupervisor.Action) -> [StreamSupervisor.Input] {
  switch action {
  case .connect(let id): [.opened(id)]
  case .subscribe(let id): [.verdict(id, .ready)]
  case .ping(let id): [.pong(id)]
  case .probe(let id): [.verdict(id, .proven)]
  case .close, .drop, .report: []
  }
}

@Suite struct StreamSupervisorTests {
  @Test func `start connects, subscribes and opens epoch 1 when the subscription stands`() {
    var stream = SupervisedStream()
    #expect(stream.input(.start) == [.connect(LinkID(number: 1))])
    #expect(stream.supervisor.commandLink == nil)
    #expect(stream.input(.opened(LinkID(number: 1))) == [.subscribe(LinkID(number: 1))])
    #expect(stream.input(.verdict(LinkID(number: 1), .progress)) == [])
    #expect(
      stream.input(.verdict(LinkID(number: 1), .ready)) == [.report(.opened(epoch: 1, isContinuous: false))])
    #expect(stream.supervisor.commandLink == LinkID(number: 1))
  }

  @Test func `a half-open connection is suspect after 7 s and lost after 9 s`() {
    var stream = SupervisedStream()
    let id = stream.open()
    // The probe is answered, so only the ping can tell; nothing else arrives.
    stream.run(for: .milliseconds(6_999))
    #expect(stream.reports.last == .opened(epoch: 1, isContinuous: false))
    stream.run(for: .milliseconds(1))
    #expect(stream.reports.contains(.suspect(epoch: 1, reason: .pongOverdue)))
    stream.run(for: .seconds(2))
    #expect(stream.reports.contains(.lost(epoch: 1, .timeout(.pong))))
    #expect(stream.actions.contains(.drop(id)))
  }

  @Test func `one lost pong costs no connection when the second ping is answered`() {
    var stream = SupervisedStream()
    _ = stream.open()
    var swallowed = false
    stream.run(for: .seconds(60)) { action in
      if case .ping = action, !swallowed {
        swallowed = true
        return []
      }
      return healthy(action)
    }
    #expect(
      stream.reports == [
        .opened(epoch: 1, isContinuous: false), .suspect(epoch: 1, reason: .pongOverdue), .trusted(epoch: 1),
      ])
  }

  @Test func `a pong that never comes is forgiven while messages flow`() {
    var stream = SupervisedStream()
    let id = stream.open()
    stream.run(for: .seconds(60)) { action in
      if case .ping = action { return [] }
      if case .probe = action { return [.verdict(id, .proven)] }
      return []
    }
    #expect(!stream.reports.contains { if case .lost = $0 { true } else { false } })
  }

  @Test func `a stall with healthy pings is suspect within 10 s and replaced`() {
    var stream = SupervisedStream()
    let id = stream.open()
    stream.run(for: .seconds(10)) { action in
      // The first connection's pings are answered, its probes are not; the second is whole.
      if case .probe(id) = action { return [] }
      return healthy(action)
    }
    let suspicion = StreamReport.Suspicion.probeOverdue
    #expect(stream.reports.contains(.suspect(epoch: 1, reason: suspicion)))
    #expect(stream.reports.contains(.rotating(epoch: 1, .suspicion(suspicion))))
    // Not continuous: what the stalled one should have delivered may be missing.
    #expect(stream.reports.contains(.opened(epoch: 2, isContinuous: false)))
    #expect(stream.supervisor.commandLink == LinkID(number: 2))
  }

  @Test func `an event is proof of the subscription as good as a probe's answer`() {
    var stream = SupervisedStream()
    let id = stream.open()
    stream.run(for: .seconds(40)) { action in
      if case .probe = action { return [.verdict(id, .event)] }
      return healthy(action)
    }
    #expect(stream.reports == [.opened(epoch: 1, isContinuous: false)])
  }

  @Test func `before 24 h a second connection is proven, both deliver for 5 s, then the first is closed`() {
    var stream = SupervisedStream()
    let first = stream.open()
    let second = LinkID(number: 2)
    stream.run(for: .seconds(23 * 3600), answering: healthy)
    let order = stream.actions.filter { action in
      switch action {
      case .ping, .probe, .subscribe: false
      case .connect, .close, .drop, .report: true
      }
    }
    #expect(
      order == [
        .connect(first), .report(.opened(epoch: 1, isContinuous: false)), .report(.rotating(epoch: 1, .age)),
        .connect(second), .report(.opened(epoch: 2, isContinuous: true)), .close(first),
      ])
    #expect(stream.supervisor.commandLink == second)
  }

  @Test func `the first connection stays until the second has answered a probe`() {
    var stream = SupervisedStream()
    let first = stream.open()
    let second = LinkID(number: 2)
    stream.input(.verdict(first, .shuttingDown))
    stream.input(.opened(second))
    #expect(stream.input(.verdict(second, .ready)) == [.probe(second)])
    #expect(stream.supervisor.commandLink == first)
    #expect(stream.input(.verdict(second, .proven)) == [.report(.opened(epoch: 2, isContinuous: true))])
    stream.run(for: .milliseconds(4_999))
    #expect(!stream.actions.contains(.close(first)))
    stream.run(for: .milliseconds(1))
    #expect(stream.actions.contains(.close(first)))
  }

  @Test func `when the first dies during a rotation the second takes over at once, as a gap`() {
    var stream = SupervisedStream()
    let first = stream.open()
    let second = LinkID(number: 2)
    stream.input(.verdict(first, .shuttingDown))
    stream.input(.opened(second))
    stream.input(.closed(first, .closed(.goingAway)))
    stream.input(.verdict(second, .ready))
    #expect(
      stream.reports.suffix(2) == [
        .lost(epoch: 1, .closed(.goingAway)), .opened(epoch: 2, isContinuous: false),
      ])
    #expect(stream.actions.filter { if case .connect = $0 { true } else { false } }.count == 2)
  }

  @Test func `100 rotations leave no interval without a standing subscription`() {
    var timings = StreamTimings()
    timings.pingInterval = .seconds(300)  // fewer steps; the rotation does not depend on it
    timings.probeInterval = .seconds(300)
    var stream = SupervisedStream(seed: 7, timings: timings)
    _ = stream.open()
    stream.run(for: .seconds(100 * 23 * 3600), answering: healthy)
    #expect(stream.supervisor.openEpoch ?? 0 >= 100)
    for report in stream.reports {
      switch report {
      case .opened(epoch: 1, _), .opened(_, isContinuous: true), .rotating: break
      case .opened, .lost, .suspect, .trusted, .retrying, .throttled: Issue.record("\(report)")
      }
    }
  }

  @Test func `a terminated subscription is a gap and is made anew on the same socket at once`() {
    var stream = SupervisedStream()
    let id = stream.open()
    #expect(
      stream.input(.verdict(id, .subscriptionLost("terminated"))) == [
        .report(.lost(epoch: 1, .subscriptionLost("terminated"))), .subscribe(id),
      ])
    #expect(stream.supervisor.commandLink == nil)
    #expect(stream.input(.verdict(id, .ready)) == [.report(.opened(epoch: 2, isContinuous: false))])
    // The second time the socket is not believed any more.
    let second = stream.input(.verdict(id, .subscriptionLost("terminated")))
    #expect(second.contains(.drop(id)))
    #expect(second.contains(.report(.lost(epoch: 2, .subscriptionLost("terminated")))))
  }

  @Test func `a doubt from above replaces the connection, and the new epoch is a gap`() {
    var stream = SupervisedStream()
    _ = stream.open()
    stream.input(.doubt("order not echoed"))
    stream.run(for: .seconds(1), answering: healthy)
    #expect(stream.reports.contains(.suspect(epoch: 1, reason: .doubted("order not echoed"))))
    let second = LinkID(number: 2)
    for input: StreamSupervisor.Input in [
      .opened(second), .verdict(second, .ready), .verdict(second, .proven),
    ] {
      stream.input(input)
    }
    #expect(stream.reports.last == .opened(epoch: 2, isContinuous: false))
  }

  @Test func `stop closes every connection, reports the loss and asks for no more time`() {
    var stream = SupervisedStream()
    let id = stream.open()
    #expect(stream.input(.stop) == [.report(.lost(epoch: 1, .stopped)), .close(id)])
    #expect(stream.supervisor.nextDeadline == nil)
    #expect(stream.input(.closed(id, .stopped)) == [])
  }

  @Test func `a connection that never subscribes is dropped after 15 s and tried again`() {
    var stream = SupervisedStream()
    stream.input(.start)
    stream.input(.opened(LinkID(number: 1)))
    stream.run(for: .seconds(16))
    #expect(stream.actions.contains(.drop(LinkID(number: 1))))
    #expect(stream.actions.contains(.connect(LinkID(number: 2))))
  }
}
