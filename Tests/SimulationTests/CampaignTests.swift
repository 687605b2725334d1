import Testing

@testable import Simulation

struct CampaignTests {
  private static func campaign(_ seeds: ClosedRange<UInt64>) -> Campaign {
    var campaign = Campaign()
    for seed in seeds {
      var world = Scenario(seed: seed).world()
      campaign.add(world.run())
    }
    return campaign
  }

  @Test func `parts merge to the whole in any order`() {
    let whole = Self.campaign(1...12)
    let parts = [Self.campaign(1...5), Self.campaign(6...8), Self.campaign(9...12)]
    for order in [[0, 1, 2], [2, 0, 1]] {
      var merged = Campaign()
      for index in order { merged.merge(parts[index]) }
      #expect(merged.digest == whole.digest)
      #expect(merged.seeds == 12)
      #expect(merged.naked == whole.naked)
      #expect(merged.reach == whole.reach)
      #expect(merged.exposure.milliseconds == whole.exposure.milliseconds)
      #expect(merged.failures == whole.failures)
    }
    #expect(whole.exposure.episodes > 0)
  }

  @Test func `a world without an end is a failure of its seed`() {
    var campaign = Campaign()
    campaign.note(Campaign.Failure(seed: 9, promises: [], texts: ["the process died (signal 4)"]))
    #expect(!campaign.isClean)
    #expect(campaign.broken == ["no end": 1])
  }

  @Test func `a seed that differs the second time is a failure`() {
    var campaign = Campaign()
    campaign.noteSecondRun(of: 4, isSame: true)
    #expect(campaign.isClean)
    campaign.noteSecondRun(of: 5, isSame: false)
    #expect(!campaign.isClean)
    #expect(campaign.unstable == [5])
  }

  @Test func `quantiles are exact below 64 ms and within 4 percent above`() {
    var histogram = DurationHistogram()
    for value in Int64(1)...10_000 { histogram.add(value) }
    #expect(histogram.quantile(perMille: 5) == 50)
    #expect(abs(histogram.quantile(perMille: 500) - 5000) <= 200)
    #expect(abs(histogram.quantile(perMille: 990) - 9900) <= 400)
    #expect(histogram.max == 10_000)
    var other = DurationHistogram()
    other.add(70_000)
    histogram.merge(other)
    #expect(histogram.max == 70_000)
    #expect(histogram.count == 10_001)
  }
}
