/// What became of one scene.
struct Verdict: Encodable, Sendable {
  var scene: String
  var title: String
  var held: Bool
  var checks: Int
  /// The first check that did not hold, or why the scene could not be played.
  var trouble: String
  var milliseconds: Int64

  /// - Parameter judgesTimings: `false` in tests, which run beside others on a machine of any speed.
  static func play(_ scene: Scene, on stage: Stage, judgesTimings: Bool = true) async -> Verdict {
    stage.narrator.title("Scene \(scene.number)  \(scene.title)")
    let started = ContinuousClock.now
    var checks: [Check] = []
    var trouble = ""
    do {
      checks = try await scene.play(stage)
      for check in checks { stage.narrator.tell(check) }
      if let broken = checks.first(where: { !$0.held && (judgesTimings || !$0.isTiming) }) {
        trouble = "\(broken.witness.rawValue): \(broken.statement) (\(broken.seen))"
      }
    } catch let failure as CommandFailure {
      trouble = failure.message
    } catch {
      trouble = "\(error)"
    }
    let took = (ContinuousClock.now - started).components
    return Verdict(
      scene: scene.number, title: scene.title, held: trouble.isEmpty && !checks.isEmpty, checks: checks.count,
      trouble: trouble, milliseconds: took.seconds * 1000 + took.attoseconds / 1_000_000_000_000_000)
  }

  static func report(_ verdicts: [Verdict], json: Bool, took: Duration) throws {
    if json { return try JSONOutput.print(["scenes": verdicts]) }
    Terminal.line()
    var table = Table(["scene", "verdict", "checks", "seconds", "what"])
    for verdict in verdicts {
      table.add([
        verdict.scene, verdict.held ? "held" : "BROKEN", "\(verdict.checks)",
        "\(verdict.milliseconds / 1000).\(verdict.milliseconds % 1000 / 100)",
        verdict.held ? verdict.title : verdict.trouble,
      ])
    }
    for line in table.lines { Terminal.line(line) }
    let broken = verdicts.count { !$0.held }
    Terminal.line()
    Terminal.line(
      broken == 0
        ? Terminal.styled(
          "Every scene held, by the venue's ledger and by SQL, in \(took.components.seconds) s.", .green)
        : Terminal.styled("\(broken) of \(verdicts.count) scenes did not hold.", .red))
  }
}
