import FoundationEssentials
import Glibc
import Simulation

/// Runs a campaign on several processes. Each world runs on one thread of one worker, nothing is shared, and the sum
/// does not depend on who ran what.
struct WorkerPool {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Seeds handed out at once: some tenths of a second of work.
  static let rangeSeeds: UInt64 = 40
  /// A world takes milliseconds; one that takes this long has no end.
  static let seedPatience: Duration = .seconds(60)
  /// Workers restarted in a row without one result: something is wrong with the machine, not with a seed.
  static let barrenRestartsMax = 200

  let workers: Int
  let arguments: [String]
  /// Stop handing out seeds then.
  let deadline: ContinuousClock.Instant?
  /// Stop at the first failing seed that is not among these.
  let stopsAtFailureBeside: Set<UInt64>?

  private(set) var campaign = Campaign()
  private(set) var memory = MemorySpan()
  private(set) var begun: UInt64 = 0
  /// Whether it ended early because somebody asked it to.
  private(set) var wasInterrupted = false

  private var next: UInt64
  private let end: UInt64
  private var returned: [SeedRange] = []
  private var barrenRestarts = 0

  /// Resident memory of the workers, kB.
  struct MemorySpan: Codable {
    /// After the first ranges, and after the last.
    var early = 0
    var late = 0
    var most = 0
    private var seen = 0

    enum CodingKeys: String, CodingKey { case early, late, most }

    mutating func note(_ kilobytes: Int) {
      seen += 1
      if seen <= 10 { early = max(early, kilobytes) }
      late = kilobytes
      most = max(most, kilobytes)
    }
  }

  init(
    seeds: SeedRange, workers: Int, arguments: [String], deadline: ContinuousClock.Instant? = nil,
    stopsAtFailureBeside: Set<UInt64>? = nil
  ) {
    next = seeds.from
    end = seeds.end
    self.workers = workers
    self.arguments = arguments
    self.deadline = deadline
    self.stopsAtFailureBeside = stopsAtFailureBeside
  }

  mutating func run(_ progress: (inout Self) -> Void) throws -> Campaign {
    signal(SIGPIPE, SIG_IGN)
    var interruption = Interruption()
    var pool: [WorkerProcess] = []
    defer { for worker in pool { _ = worker.reap() } }
    while pool.count < workers { pool.append(try WorkerProcess(arguments: ["worker"] + arguments)) }
    while true {
      wasInterrupted = interruption.look()
      for worker in pool where worker.range == nil {
        if let range = takeRange() { worker.begin(range) }
      }
      let busy = pool.filter { $0.range != nil }
      if busy.isEmpty { break }
      var polls = busy.map { pollfd(fd: $0.output, events: Int16(POLLIN), revents: 0) }
      _ = poll(&polls, nfds_t(polls.count), 250)
      for (index, worker) in busy.enumerated() {
        if polls[index].revents != 0 {
          if let lines = worker.readLines() {
            for line in lines { try take(line, from: worker) }
          } else {
            try replace(worker, in: &pool, "the process died")
          }
        } else if ContinuousClock.now - worker.seedSince > Self.seedPatience {
          kill(worker.pid, SIGKILL)
          try replace(worker, in: &pool, "no end within \(Self.seedPatience)")
        }
      }
      progress(&self)
    }
    return campaign
  }

  var total: UInt64 { end }

  private mutating func takeRange() -> SeedRange? {
    guard !wasInterrupted else { return nil }
    let found = stopsAtFailureBeside.flatMap { known in campaign.failures.first { !known.contains($0.seed) } }
    if let found {
      // What lies before the failure is still run, so that it is the first.
      returned.removeAll { $0.from > found.seed }
      return returned.popLast()
    }
    if let range = returned.popLast() { return range }
    if let deadline, ContinuousClock.now >= deadline { return nil }
    guard next < end else { return nil }
    let range = SeedRange(from: next, count: min(Self.rangeSeeds, end - next))
    next = range.end
    return range
  }

  private mutating func take(_ line: Substring, from worker: WorkerProcess) throws {
    let words = line.split(separator: " ", maxSplits: 3)
    switch words.first {
    case "s":
      begun += 1
      if words.count > 1, let seed = UInt64(words[1]) { worker.began(seed) }
    case "r":
      guard words.count == 4, let done = UInt64(words[1]), let range = worker.range else {
        throw Failure(description: "a worker sent half a result")
      }
      memory.note(Int(words[2]) ?? 0)
      campaign.merge(try JSONDecoder().decode(Campaign.self, from: Data(words[3].utf8)))
      if done < range.count { returned.append(SeedRange(from: range.from + done, count: range.count - done)) }
      barrenRestarts = 0
      worker.finished()
    default: throw Failure(description: "a worker sent '\(line.prefix(80))'")
    }
  }

  /// The seed that a worker died of is noted; what it had not finished goes to others, the seed left out.
  private mutating func replace(_ worker: WorkerProcess, in pool: inout [WorkerProcess], _ why: String) throws {
    let end = worker.reap()
    pool.removeAll { $0 === worker }
    barrenRestarts += 1
    guard barrenRestarts <= Self.barrenRestartsMax else { throw Failure(description: "workers keep dying (\(end))") }
    if let range = worker.range, let seed = worker.seed {
      campaign.note(Campaign.Failure(seed: seed, promises: [], texts: ["\(why) (\(end))"]))
      if seed > range.from { returned.append(SeedRange(from: range.from, count: seed - range.from)) }
      if seed + 1 < range.end { returned.append(SeedRange(from: seed + 1, count: range.end - seed - 1)) }
    } else if let range = worker.range {
      returned.append(range)
    }
    pool.append(try WorkerProcess(arguments: ["worker"] + arguments))
  }
}
