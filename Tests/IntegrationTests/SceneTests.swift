import Testing

@testable import backstop

@Suite(.serialized) struct SceneTests {
  @Test func `every scene of the demo holds by the venue's ledger and by SQL`() async throws {
    try await TestStage.with { stage in
      for scene in Scene.all {
        let verdict = await Verdict.play(scene, on: stage, judgesTimings: false)
        #expect(verdict.held, "scene \(scene.number): \(verdict.trouble)")
      }
      let broken = try await stage.brokenInvariants()
      #expect(broken == [])
    }
  }
}
