import FoundationEssentials
import Simulation

/// `simulate.json`: one campaign with what is needed to repeat it.
struct CampaignFile: Codable {
  struct Cell: Codable {
    var fault: FaultClass
    var state: GuardianState
  }

  var commit: String?
  var from: UInt64
  var arguments: [String]
  var workers: Int
  var milliseconds: Int64
  var seedsPerSecond: Int
  /// Resident memory of a worker, kB.
  var memory: WorkerPool.MemorySpan
  var corpusWorlds: Int
  var campaign: Campaign
  var unreached: [Cell]

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    try encoder.encode(self).write(to: URL(filePath: path))
  }

  static func read(from path: String) throws -> CampaignFile {
    try JSONDecoder().decode(CampaignFile.self, from: try Data(contentsOf: URL(filePath: path)))
  }
}
