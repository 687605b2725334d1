import Glibc

/// What is running, for `backstop_build_info`.
public struct BuildFigures: Hashable, Sendable {
  public var version: String
  public var commit: String

  public init(version: String = "unknown", commit: String = "unknown") {
    self.version = version
    self.commit = commit
  }
}

/// The process's own figures, under the names that every Prometheus client uses for them.
enum ProcessFigures {
  static let residentMemory = MetricDefinition(
    "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.")
  static let startTime = MetricDefinition(
    "process_start_time_seconds", .gauge, "Start time of the process since unix epoch in seconds.",
    initial: startTimeSeconds())
  static let cpuSeconds = MetricDefinition(
    "process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.")
  static let openDescriptors = MetricDefinition(
    "process_open_fds", .gauge, "Number of open file descriptors.")

  static func update(_ registry: MetricsRegistry) {
    for family in registry.families {
      guard let series = family.series.first else { continue }
      switch (family.definition.name, series) {
      case (residentMemory.name, .gauge(let gauge)): if let bytes = residentBytes() { gauge.set(bytes) }
      case (openDescriptors.name, .gauge(let gauge)): if let count = descriptorCount() { gauge.set(count) }
      case (cpuSeconds.name, .counter(let counter)): counter.set(total: usedCPUSeconds())
      case (_, .counter), (_, .gauge), (_, .histogram): continue
      }
    }
  }

  /// Second field of statm, in pages.
  private static func residentBytes() -> Double? {
    guard let text = contents(of: "/proc/self/statm") else { return nil }
    let fields = text.split(separator: " ")
    guard fields.count > 1, let pages = Double(fields[1]) else { return nil }
    return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static func usedCPUSeconds() -> Double {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  private static func descriptorCount() -> Double? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var count = -3.0  // ".", ".." and the descriptor of this very listing
    while readdir(folder) != nil { count += 1 }
    return max(0, count)
  }

  /// Field 22 of stat in clock ticks since boot, plus the boot time.
  private static func startTimeSeconds() -> Double {
    guard let stat = contents(of: "/proc/self/stat"), let system = contents(of: "/proc/stat"),
      // The second field is the program's name in parentheses and may hold anything.
      let afterName = stat.lastIndex(of: ")")
    else { return 0 }
    let fields = stat[stat.index(after: afterName)...].split(separator: " ")
    let bootLine = system.split(separator: "\n").first { $0.hasPrefix("btime ") }
    guard fields.count > 19, let ticks = Double(fields[19]),
      let boot = bootLine.flatMap({ Double($0.dropFirst(6)) })
    else { return 0 }
    return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func contents(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
