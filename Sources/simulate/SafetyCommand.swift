import ArgumentParser
import FoundationEssentials
import Simulation

struct SafetyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "safety", abstract: "Writes SAFETY.md from the files that a campaign and the mutants left.")

  @Argument(help: "The file to write.") var file = "SAFETY.md"
  @Option(help: "The campaign.") var campaign = "simulate.json"
  @Option(help: "The campaign of crash points, if there was one.") var crashPoints: String?
  @Option(help: "The mutants.") var mutants = "mutants.json"
  @Option(help: "The bugs found.") var bugs = "ops/bugs-found.json"
  @Option(help: "The campaigns over fresh seeds.") var campaigns = "ops/campaigns.json"

  private struct MutantsFile: Codable {
    var commit: String
    var mutants: [SafetyReport.Mutant]
  }

  func run() throws {
    let run = try CampaignFile.read(from: campaign)
    let tried = try Self.read(MutantsFile.self, mutants)
    let report = SafetyReport(
      commit: run.commit ?? "unknown", from: run.from, seedsPerSecond: run.seedsPerSecond, workers: run.workers,
      campaign: run.campaign, crashWorlds: try crashPoints.map { try CampaignFile.read(from: $0).campaign },
      corpusWorlds: run.corpusWorlds,
      unreached: run.unreached.map { ReachCell(fault: $0.fault, state: $0.state) },
      mutants: tried.mutants, mutantsCommit: tried.commit, bugs: try Self.read([SafetyReport.Bug].self, bugs),
      freshCampaigns: try Self.read([SafetyReport.FreshCampaign].self, campaigns))
    try Data(report.text.utf8).write(to: URL(filePath: file))
    print("written: \(file)")
  }

  private static func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
    try JSONDecoder().decode(type, from: try Data(contentsOf: URL(filePath: path)))
  }
}
