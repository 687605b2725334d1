import Simulation
import Trading

/// A campaign as a table for people.
enum CampaignText {
  static func table(_ campaign: Campaign, rate: Int, show: Int) -> String {
    var lines: [String] = []
    lines.append(
      "\(campaign.seeds) seeds (\(campaign.faultFreeSeeds) fault-free), \(campaign.happenings) events, \(campaign.happenings / max(1, campaign.seeds)) a seed; \(campaign.fills) fills, \(campaign.lives) lives of the guardian; \(rate) seeds/s; digest \(String(campaign.digest, radix: 16))"
    )
    lines.append(
      "\(campaign.exposure.milliseconds / 3_600_000) hours of simulated exposed time, \(campaign.exposure.episodes) episodes; \(campaign.runTwice) seeds run twice, \(campaign.unstable.count) of them differed"
    )
    lines.append("\nnaked time by cause, ms          count      p50      p99      max")
    for (cause, values) in campaign.naked.sorted(by: { $0.key < $1.key }) {
      lines.append(
        column(cause, 30) + number(values.count, 8) + number(Int(values.quantile(perMille: 500)), 9)
          + number(Int(values.quantile(perMille: 990)), 9) + number(Int(values.max), 9))
    }
    lines.append(
      "\nfaults: "
        + campaign.struck.sorted { $0.key < $1.key }.map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", "))
    lines.append("commands: " + counts(campaign.commands))
    lines.append("reasons: " + counts(campaign.reasons))
    lines.append("refusals: " + counts(campaign.refusals, separator: "\n          "))
    if !campaign.unstable.isEmpty { lines.append("NOT REPRODUCIBLE: seeds \(campaign.unstable)") }
    lines.append("\n\(campaign.failed) seeds broke a promise")
    var byPromise: [String: [UInt64]] = [:]
    for failure in campaign.failures {
      for name in failure.promises.isEmpty ? ["no end"] : failure.promises.map(\.rawValue) {
        byPromise[name, default: []].append(failure.seed)
      }
    }
    for (promise, count) in campaign.broken.sorted(by: { $0.key < $1.key }) {
      lines.append("  \(promise): \(count) seeds \(byPromise[promise]?.prefix(12) ?? [])")
    }
    for failure in campaign.failures.prefix(show) {
      for text in failure.texts.prefix(3) { lines.append("  seed \(failure.seed): \(text)") }
    }
    return lines.joined(separator: "\n")
  }

  private static func counts(_ values: [String: Int], separator: String = ", ") -> String {
    values.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }.map { "\($0.key) \($0.value)" }
      .joined(separator: separator)
  }

  private static func column(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  private static func number(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: " ", count: max(1, width - text.count)) + text
  }
}

enum SeedText {
  static func summary(_ report: SeedReport) -> String {
    var lines = [
      "seed \(report.seed): \(report.happenings) happenings, \(report.fills) fills, fingerprint \(String(report.fingerprint, radix: 16))"
    ]
    let struck = report.struck.sorted { $0.key < $1.key }.map { "\($0.key.rawValue) \($0.value)" }
    if !struck.isEmpty { lines.append("  struck: \(struck.joined(separator: ", "))") }
    lines += report.intervals.map {
      "  naked \($0.duration.wholeMilliseconds) ms from \($0.since.nanoseconds / 1_000_000) ms, cause \($0.cause)"
    }
    lines += report.violations.map { "  VIOLATION \($0)" }
    return lines.joined(separator: "\n")
  }
}
