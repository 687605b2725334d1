import ArgumentParser
import EventLoop
import Glibc
import Guardian
import PaperServer
import Postgres

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Watch Backstop work: a private PostgreSQL, a paper venue over TLS, a bot, faults, and a verdict.",
    discussion: """
      Plays six scenes and judges each by the venue's own ledger and by SQL, never by the guardian's word. Exit code 0 \
      only when every scene held.

      EXAMPLES:
        backstop demo
        backstop demo --keep               leave the folder with the database, the logs and the configuration
        NO_COLOR=1 backstop demo > demo.txt

      \(ExitStatus.table)
      """)

  @Flag(help: "Keep the demo's folder and say how to look into its database.")
  var keep = false

  @Flag(help: "Print the verdicts as JSON at the end instead of a table.")
  var json = false

  func run() async throws {
    try await reportingFailures {
      let narrator = Narrator(isQuiet: json)
      let files = try StageFiles.temporary()
      narrator.title("Backstop demo")
      narrator.say("demo", "everything lives in \(files.directory)")
      let started = narrator.elapsed
      let server = try await startDatabase(files)
      narrator.say(
        "demo", "private PostgreSQL \(server.version) is up after \(Narrator.milliseconds(narrator.elapsed - started))")
      var verdicts: [Verdict] = []
      do {
        let stage = try await StageMaker.make(files: files, conninfo: server.conninfo(), narrator: narrator)
        narrator.say("demo", "the guardian is a process of its own and guards account main")
        for scene in Scene.all { verdicts.append(await Verdict.play(scene, on: stage)) }
        try await stage.close()
      } catch {
        try? server.stop(.immediate)
        throw error
      }
      try server.stop(.fast)
      try Verdict.report(verdicts, json: json, took: narrator.elapsed)
      finish(files, server)
      if verdicts.contains(where: { !$0.held }) { throw ExitStatus.failed.code }
    }
  }

  private func startDatabase(_ files: StageFiles) async throws -> EmbeddedServer {
    let worker = try WorkerThread(name: "demo-database", capacity: 1)
    defer { worker.stop() }
    let lifetime: EmbeddedServer.Lifetime = keep ? .untilStopped : .withThisProcess
    let directory = files.directory + "/database"
    let result = try await worker.run {
      Result { () throws(EmbeddedServerError) in
        try EmbeddedServer.start(
          EmbeddedServer.Configuration(stateDirectory: directory, durability: .volatile, lifetime: lifetime))
      }
    }
    do { return try result.get() } catch { throw CommandFailure(.unavailable, "\(error)") }
  }

  private func finish(_ files: StageFiles, _ server: EmbeddedServer) {
    guard keep else { return files.remove() }
    Terminal.line()
    Terminal.line("Kept: \(files.directory)")
    Terminal.line("  guardian's log   \(files.guardianLog)")
    Terminal.line("  configuration    \(files.configuration)")
  }
}
