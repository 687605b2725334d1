import Testing

@testable import Simulation

struct ChoiceTapeTests {
  @Test(arguments: [UInt64(7), 42, 61])
  func `a recorded world played again is the same world`(seed: UInt64) throws {
    var settings = WorldOptions.settingsTape(seed: seed, isRecording: true)
    let options = WorldOptions.drawn(seed: seed, from: &settings, only: nil, plainActors: false)
    var recorded = World(options, tape: ChoiceTape(seed: seed, isRecording: true), keepsTrace: false)
    let report = recorded.run()
    var unrecorded = World(WorldOptions.drawn(seed: seed))
    let plain = unrecorded.run()
    #expect(report.fingerprint == plain.fingerprint)

    let choices = try #require(recorded.tape.recorded)
    var again = World(options, tape: ChoiceTape(playing: choices, isRecording: false), keepsTrace: false)
    let played = again.run()
    #expect(played.fingerprint == report.fingerprint)
    #expect(again.tape.used == choices)
  }

  @Test func `without its row a fault goes, and nobody else's choices move`() {
    var tape = ChoiceTape(seed: 3, isRecording: true)
    let drawn = (1...20).map { _ in
      (tape.chance(perMille: 500, about: .fault(.eventLoss)), tape.number(1...1000, about: .actor(.transfers)))
    }
    var choices = tape.recorded ?? Choices()
    choices.rows[FaultClass.eventLoss.rawValue] = nil
    var played = ChoiceTape(playing: choices, isRecording: false)
    for (_, number) in drawn {
      let isLost = played.chance(perMille: 500, about: .fault(.eventLoss))
      let again = played.number(1...1000, about: .actor(.transfers))
      #expect(!isLost)
      #expect(again == number)
    }
  }

  @Test func `values outside a range that has become smaller are cut to it`() {
    var tape = ChoiceTape(playing: Choices(rows: ["here": [900, -5]]), isRecording: false)
    let values = [tape.number(0...10, in: "here"), tape.number(0...10, in: "here"), tape.number(3...10, in: "here")]
    #expect(values == [10, 0, 3])
  }
}
