import Trading
import Venue

/// The page for people at `/`. Rendered here, every text escaped; the script only fetches it again. No asset from
/// elsewhere.
struct StatusPage: Sendable {
  let report: StatusReport
  let showsDetails: Bool
  let nonce: String

  /// Nothing but this page's own style and script runs, and only this server is talked to.
  var policy: String {
    "default-src 'none'; style-src 'nonce-\(nonce)'; script-src 'nonce-\(nonce)'; connect-src 'self'; "
      + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  }

  var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Backstop</title>
    <noscript><meta http-equiv="refresh" content="5"></noscript>
    <style nonce="\(nonce)">\(StatusPageAssets.style)</style>
    </head>
    <body>
    <header>
      <h1>Backstop</h1>
      <span id="level">\(headline)</span>
      <span class="quiet">\(Self.escape(report.version))</span>
      <span class="space"></span>
      <input id="token" type="password" autocomplete="off" placeholder="control token" aria-label="control token">
    </header>
    <p id="stale" role="alert" hidden></p>
    <main id="main">\(main)</main>
    <script nonce="\(nonce)">\(StatusPageAssets.script)</script>
    </body>
    </html>

    """
  }

  private var headline: String {
    let verdict =
      switch report.verdict {
      case .protected: "healthy"
      case .naked: "down"
      case .unknown: "unknown"
      }
    return Self.pill(report.verdict.rawValue, verdict) + " " + Self.pill(report.level.rawValue, report.level.rawValue)
  }

  private var main: String {
    tiles + layers + components + accounts + (showsDetails ? details : hint)
  }

  // MARK: - Summary

  private var tiles: String {
    "<section class=\"tiles\">" + coverageTile + nakedTile + alertTile + sweepTile + "</section>"
  }

  private var coverageTile: String {
    guard let rate = report.coverageRate else {
      return Self.tile("Coverage", "unknown", "not proven right now", "unknown")
    }
    guard report.openPositions > 0 else { return Self.tile("Coverage", "–", "nothing is open", "healthy") }
    return Self.tile(
      "Coverage", Self.percent(rate), "of open quantity has a live stop", rate >= 1 ? "healthy" : "down")
  }

  private var nakedTile: String {
    switch report.verdict {
    case .naked:
      let note = report.longestNaked.map { "longest for \(Self.age($0))" } ?? ""
      return Self.tile("Naked positions", "\(report.nakedCount)", note, "down")
    case .unknown: return Self.tile("Naked positions", "unknown", "not proven right now", "unknown")
    case .protected: return Self.tile("Naked positions", "0", "no timer runs", "healthy")
    }
  }

  private var alertTile: String {
    let critical = report.alerts.first { $0.severity == .critical }?.count ?? 0
    let warnings = report.alerts.first { $0.severity == .warning }?.count ?? 0
    let kind = critical > 0 ? "down" : warnings > 0 ? "degraded" : "healthy"
    return Self.tile("Alerts", "\(critical + warnings)", "\(critical) critical, \(warnings) warnings", kind)
  }

  private var sweepTile: String {
    let ages = report.accounts.compactMap(\.lastSweepAge)
    let note = "of the account swept longest ago"
    guard let oldest = ages.max() else { return Self.tile("Last sweep", "unknown", note, "unknown") }
    // An account that was never swept is older than any age.
    guard ages.count == report.accounts.count else { return Self.tile("Last sweep", "never", note, "unknown") }
    return Self.tile("Last sweep", Self.age(oldest) + " ago", note, "healthy")
  }

  private var layers: String {
    let rows = report.layers.map { layer in
      let share = layer.share.map { Self.percent($0) } ?? "–"
      return """
        <div class="layer"><span>\(layer.source.rawValue)</span>\
        <meter min="0" max="1" value="\(layer.share ?? 0)"></meter>\
        <span class="number">\(layer.placements)</span><span class="number quiet">\(share)</span></div>
        """
    }
    return "<section><h2>Placements by layer</h2>\(rows.joined())</section>"
  }

  private var components: String {
    let pills = report.components.map { state in
      let reason = state.publicCode.isEmpty ? "" : " · " + Self.escape(state.publicCode)
      return Self.pill(state.component.rawValue + reason, state.level.rawValue)
    }
    return "<section><h2>Components</h2><p class=\"pills\">\(pills.joined(separator: " "))</p></section>"
  }

  private var accounts: String {
    let rows = report.accounts.map { account in
      [
        Self.escape(account.account.text), account.environment.rawValue,
        account.isKnown ? "known" : "<b class=\"unknown\">unknown</b>",
        account.isPaused ? "<b>paused</b>" : account.isArmed ? "armed" : "<b>disarmed</b>",
        account.isStreamConnected ? "connected" : "<b>down</b>",
        account.lastSweepAge.map { Self.age($0) + " ago" } ?? "never",
      ]
    }
    return Self.table("Accounts", ["Account", "Environment", "State", "Writes", "Stream", "Last sweep"], rows)
  }

  private var hint: String {
    "<p class=\"quiet\">Enter the control token to see positions, legs and alerts.</p>"
  }

  // MARK: - With a token

  private var details: String {
    let coverage = report.accounts.flatMap { account in
      account.coverage.map { record in
        [
          Self.escape(record.symbol.text), "<b class=\"\(record.state.rawValue)\">\(record.state.rawValue)</b>",
          record.position.text(), record.covered.text(),
          account.nakedFor[record.symbol].map { Self.age($0) } ?? "–",
          Self.escape(record.reasons.joined(separator: ", ")),
        ]
      }
    }
    let legs = report.accounts.flatMap(\.legs).map { leg in
      [
        Self.escape(leg.lot.symbol.text), leg.role.rawValue, leg.quantity.text(), leg.triggerPrice.text(),
        leg.source.rawValue, "<code>\(Self.escape(leg.clientOrderID.text))</code>",
      ]
    }
    let alerts = report.accounts.flatMap(\.alerts).map { alert in
      [
        "<b class=\"\(alert.severity.rawValue)\">\(alert.severity.rawValue)</b>", Self.escape(alert.kind),
        Self.escape(alert.subject), Self.escape(alert.message),
      ]
    }
    return Self.table("Alerts", ["Severity", "Kind", "About", "Message"], alerts)
      + Self.table("Coverage", ["Symbol", "State", "Position", "Covered", "Naked for", "Why"], coverage)
      + Self.table("Live legs", ["Symbol", "Role", "Quantity", "Trigger", "Layer", "Client order id"], legs)
  }

  // MARK: - Pieces

  private static func tile(_ name: String, _ value: String, _ note: String, _ kind: String) -> String {
    "<div class=\"tile \(kind)\"><h2>\(name)</h2><strong>\(value)</strong><span class=\"quiet\">\(note)</span></div>"
  }

  private static func pill(_ text: String, _ kind: String) -> String {
    "<span class=\"pill \(kind)\">\(text)</span>"
  }

  /// Cells are HTML already.
  private static func table(_ name: String, _ columns: [String], _ rows: [[String]]) -> String {
    let head = columns.map { "<th>\($0)</th>" }.joined()
    let body = rows.map { row in "<tr>" + row.map { "<td>\($0)</td>" }.joined() + "</tr>" }.joined(separator: "\n")
    let content =
      rows.isEmpty
      ? "<p class=\"quiet\">none</p>"
      : "<div class=\"scroll\"><table><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table></div>"
    return "<section><h2>\(name)</h2>\(content)</section>"
  }

  /// Inert in HTML (fault SE09); invisible and control characters are left out.
  static func escape(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default:
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: out += "\u{FFFD}"
        default: out.unicodeScalars.append(scalar)
        }
      }
    }
    return out
  }

  static func age(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    if seconds < 10 {
      return "\(Double(duration.components.attoseconds / 100_000_000_000_000_000) / 10 + Double(seconds)) s"
    }
    if seconds < 120 { return "\(seconds) s" }
    if seconds < 7200 { return "\(seconds / 60) min" }
    return "\(seconds / 3600) h"
  }

  static func percent(_ part: Double) -> String {
    let tenths = Int((part * 1000).rounded(.down))
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }
}
