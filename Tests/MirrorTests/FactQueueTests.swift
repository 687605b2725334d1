@testable import Mirror
import Testing
import Trading
import Venue

@Suite struct FactQueueTests {
  static func queue(_ change: (inout MirrorLimits) -> Void) -> FactQueue {
    var limits = MirrorLimits()
    change(&limits)
    return FactQueue(limits: limits)
  }

  static func raw(_ bytes: Int) -> Fact {
    .raw(
      RawMessage(
        epoch: 1, receivedAt: SampleAccount.start, bytes: [UInt8](repeating: 1, count: bytes), isDecoded: true))
  }

  @Test func `over its limit of 10 raw messages the oldest go and every order and fill stays`() {
    var queue = Self.queue { $0.telemetryFactsMax = 10 }
    for number in 1...100 {
      queue.append([Self.raw(5)], account: "a", receivedMicroseconds: 0, wallOffsetMicroseconds: 0)
      queue.append(
        Array(RandomStory.trade(Int64(number))[..<2]), account: "a", receivedMicroseconds: 0, wallOffsetMicroseconds: 0)
    }
    #expect(queue.telemetryCount <= 10)
    #expect(queue.telemetryDropped == 100 - Int64(queue.telemetryCount))
    #expect(queue.count == 200 + queue.telemetryCount)
    #expect(queue.factsLost == 0)
    var kept: [Int64] = []
    while queue.count > 0 { kept += queue.takeBatch().filter { $0.telemetryBytes > 0 }.map(\.sequence) }
    #expect(kept.first.map { $0 > 250 } == true)
  }

  @Test func `raw bytes are bounded as well as their number`() {
    var queue = Self.queue { $0.telemetryBytesMax = 1000 }
    for _ in 1...50 {
      queue.append([Self.raw(300)], account: "a", receivedMicroseconds: 0, wallOffsetMicroseconds: 0)
      #expect(queue.telemetryBytes <= 1000)
    }
  }

  @Test func `states of one order merge before anything is lost`() {
    var queue = Self.queue { $0.factsMax = 100 }
    for step in 1...10_000 {
      var order = SampleAccount.entry
      order.venueOrderID = VenueOrderID(Int64(step % 10))
      order.updatedAt = Timestamp(milliseconds: Int64(step))
      queue.append([.order(order, source: .stream)], account: "a", receivedMicroseconds: 0, wallOffsetMicroseconds: 0)
    }
    #expect(queue.factsLost == 0)
    #expect(queue.count <= 100)
    var newest: [OrderKey: Int64] = [:]
    while queue.count > 0 {
      for queued in queue.takeBatch() {
        if case .order(let order, _) = queued.fact { newest[order.key] = order.updatedAt.milliseconds }
      }
    }
    #expect(newest.values.sorted() == (9991...10_000).map { Int64($0) })
  }

  @Test func `when nothing can merge the oldest facts are lost and counted`() {
    var queue = Self.queue { $0.factsMax = 100 }
    for number in 1...150 {
      queue.append(
        [RandomStory.trade(Int64(number))[1]], account: "a", receivedMicroseconds: 0, wallOffsetMicroseconds: 0)
    }
    #expect(queue.count == 100)
    #expect(queue.factsLost == 50)
  }

  @Test func `a batch never splits the facts of one input`() {
    var queue = Self.queue { $0.batchFactsMax = 4 }
    for number in 1...5 {
      queue.append(RandomStory.trade(Int64(number)), account: "a", receivedMicroseconds: 0, wallOffsetMicroseconds: 0)
    }
    var sizes: [Int] = []
    while queue.count > 0 { sizes.append(queue.takeBatch().count) }
    #expect(sizes == [3, 3, 3, 3, 3])
    queue.append(
      (1...9).map { RandomStory.trade($0)[0] }, account: "a", receivedMicroseconds: 0, wallOffsetMicroseconds: 0)
    #expect(queue.takeBatch().count == 9)
  }

  @Test func `one account's facts never replace another's`() {
    var queue = Self.queue { _ in }
    for account in ["a", "b"] as [AccountID] {
      queue.append(SampleAccount.inputs[1], account: account, receivedMicroseconds: 0, wallOffsetMicroseconds: 0)
    }
    let batch = FactBatch(queue.takeBatch())
    #expect(batch.orders.map(\.account) == ["a", "b"])
    #expect(batch.fills.count == 4)
  }
}
