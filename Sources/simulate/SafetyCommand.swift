import ArgumentParser

struct SafetyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "safety", abstract: "Writes SAFETY.md from a campaign's files.")

  @Argument(help: "The file to write.") var file = "SAFETY.md"
  func run() throws { print(file) }
}
