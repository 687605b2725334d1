import ArgumentParser

@main
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Runs the guardian's core in seeded worlds of faults and holds it to its promises.",
    discussion: """
      EXAMPLES
        simulate --seed 42 --trace             one world, with its timeline
        simulate --seeds 100000                many worlds on all cores, and a table
        simulate --seeds 1000 --only none      worlds without faults
        simulate --seconds 120 --fresh         new seeds for two minutes
        simulate shrink 42 --save DIR          make a failing world small and keep it
        simulate safety SAFETY.md              write down what a campaign showed
      EXIT CODES
        0   every promise held
        1   a promise was broken, a world did not end, or a seed was not reproducible
        2   every promise held, but a cell of the reach table stayed empty in a large campaign
        64  wrong usage
      """,
    subcommands: [RunCommand.self, ShrinkCommand.self, SafetyCommand.self, WorkerCommand.self],
    defaultSubcommand: RunCommand.self)
}
