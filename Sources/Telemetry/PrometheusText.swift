/// The Prometheus text exposition format, version 0.0.4.
public enum PrometheusText {
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  static func escapedLabelValue(_ text: String) -> String {
    var out = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": out += "\\\\"
      case "\"": out += "\\\""
      case "\n": out += "\\n"
      default: out.unicodeScalars.append(character)
      }
    }
    return out
  }

  /// Whole numbers without a point, so that people can read them.
  static func number(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : "\(value)"
  }
}

extension MetricsRegistry {
  /// Everything, as text. Reads the process's own figures first.
  public func exposition() -> String {
    ProcessFigures.update(self)
    var out = ""
    out.reserveCapacity(64 * 1024)
    for family in families { family.append(to: &out) }
    out += "# HELP backstop_build_info What is running; always 1.\n# TYPE backstop_build_info gauge\n"
    out += "backstop_build_info{version=\"\(PrometheusText.escapedLabelValue(build.version))\","
    out += "commit=\"\(PrometheusText.escapedLabelValue(build.commit))\"} 1\n"
    return out
  }
}

extension MetricsRegistry.Family {
  fileprivate func append(to out: inout String) {
    out += "# HELP \(definition.name) \(definition.help)\n# TYPE \(definition.name) \(definition.kind.rawValue)\n"
    for (labels, series) in zip(labelTexts, series) {
      switch series {
      case .counter(let series): append(series.value, labels, to: &out)
      case .gauge(let series): append(series.value, labels, to: &out)
      case .histogram(let series): append(series, labels, to: &out)
      }
    }
  }

  private func append(_ value: Double, _ labels: String, to out: inout String) {
    out += definition.name
    if !labels.isEmpty { out += "{\(labels)}" }
    out += " \(PrometheusText.number(value))\n"
  }

  private func append(_ series: HistogramSeries, _ labels: String, to out: inout String) {
    let (counts, sum) = series.contents
    let prefix = labels.isEmpty ? "" : labels + ","
    // Counted here and not beside the buckets, so that the count always equals the last bucket.
    var cumulative: UInt64 = 0
    for (index, count) in counts.enumerated() {
      cumulative += count
      let bound = index < series.bounds.count ? PrometheusText.number(series.bounds[index]) : "+Inf"
      out += "\(definition.name)_bucket{\(prefix)le=\"\(bound)\"} \(cumulative)\n"
    }
    let braces = labels.isEmpty ? "" : "{\(labels)}"
    out += "\(definition.name)_sum\(braces) \(PrometheusText.number(sum))\n"
    out += "\(definition.name)_count\(braces) \(cumulative)\n"
  }
}
