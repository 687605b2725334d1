import Glibc

/// What else the machine is doing: latencies measured beside other work say little.
struct MachineLoad {
  let oneMinute: Double
  let processors: Int

  static var current: MachineLoad {
    var averages = [0.0]
    let count = getloadavg(&averages, 1)
    return MachineLoad(oneMinute: count == 1 ? averages[0] : .nan, processors: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  var isBusy: Bool { oneMinute > Double(processors) * 0.5 }

  var text: String { "load average \(Figure.text(oneMinute)) on \(processors) processors" }
}
