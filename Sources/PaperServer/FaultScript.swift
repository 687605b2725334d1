import PaperVenue
import Trading

/// Reads fault rules from the admin endpoint's JSON.
///
///     {"effect": "dropEvents", "kinds": ["executionReport"], "hitsMax": 1}
///     {"effect": "failAfterApply", "kinds": ["placeList"], "code": -1007, "status": 504, "perMille": 300}
///     {"effect": "staleReads", "leastMilliseconds": 2000, "forSeconds": 30}
struct FaultScript {
  struct Unreadable: Error {
    let reason: String
  }

  static func rules(_ json: JSONValue, at now: Timestamp) throws(Unreadable) -> [FaultRule] {
    let items = json["rules"]?.items ?? [json]
    var rules: [FaultRule] = []
    for item in items { rules.append(try rule(item, at: now)) }
    return rules
  }

  private static func rule(_ json: JSONValue, at now: Timestamp) throws(Unreadable) -> FaultRule {
    let known = [
      "effect", "kinds", "name", "account", "perMille", "skip", "hitsMax", "afterSeconds", "forSeconds",
      "leastMilliseconds", "mostMilliseconds", "code", "message", "status",
    ]
    for member in json.members where !known.contains(member.name) {
      throw Unreadable(reason: "unknown field '\(member.name)'; known are \(known.joined(separator: ", "))")
    }
    let effect = try effect(json)
    let from = try number(json, "afterSeconds").map { now + .seconds($0) } ?? now
    return FaultRule(
      effect, name: json["name"]?.text ?? json["effect"]?.text ?? "", from: from,
      until: try number(json, "forSeconds").map { from + .seconds($0) },
      account: json["account"]?.text.map { AccountID($0) },
      perMille: Int(clamping: try number(json, "perMille") ?? 1000),
      skip: Int(clamping: try number(json, "skip") ?? 0), hitsMax: try number(json, "hitsMax").map { Int(clamping: $0) }
    )
  }

  private static func effect(_ json: JSONValue) throws(Unreadable) -> FaultEffect {
    guard let name = json["effect"]?.text else { throw Unreadable(reason: "'effect' is missing") }
    let least = Duration.milliseconds(try number(json, "leastMilliseconds") ?? 0)
    let most = Duration.milliseconds(try number(json, "mostMilliseconds") ?? 0)
    let range = DelayRange(least, Swift.max(least, most))
    switch name {
    case "dropEvents": return .dropEvents(try kinds(json))
    case "delayEvents": return .delayEvents(try kinds(json), by: range)
    case "duplicateEvents": return .duplicateEvents(try kinds(json), after: range)
    case "lagStream": return .lagStream(range)
    case "silenceStream": return .silenceStream
    case "cutOnEvent": return .cutOnEvent(try kinds(json))
    case "terminateOnEvent": return .terminateOnEvent(try kinds(json))
    case "refuseConnections": return .refuseConnections
    case "loseRequests": return .loseRequests(try kinds(json))
    case "delayRequests": return .delayRequests(try kinds(json), by: range)
    case "refuse": return .refuse(try kinds(json), try error(json, .overloaded))
    case "failBeforeApply": return .failBeforeApply(try kinds(json), try error(json, .timeout))
    case "failAfterApply": return .failAfterApply(try kinds(json), try error(json, .timeout))
    case "loseReplies": return .loseReplies(try kinds(json))
    case "cutReplies": return .cutReplies(try kinds(json))
    case "delayReplies": return .delayReplies(try kinds(json), by: range)
    case "staleReads": return .staleReads(try kinds(json), lag: least)
    case "frozenReads": return .frozenReads(try kinds(json))
    case "ban": return .ban
    case "throttle": return .throttle
    case "skewClock": return .skewClock(least)
    default: throw Unreadable(reason: "unknown effect '\(name)'")
    }
  }

  private static func kinds<Kind: RawRepresentable & CaseIterable>(_ json: JSONValue) throws(Unreadable) -> [Kind]
  where Kind.RawValue == String {
    var kinds: [Kind] = []
    for item in json["kinds"]?.items ?? [] {
      guard let kind = item.text.flatMap(Kind.init(rawValue:)) else {
        let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw Unreadable(reason: "unknown kind \(item.json); known are \(known)")
      }
      kinds.append(kind)
    }
    return kinds
  }

  private static func error(_ json: JSONValue, _ preset: PaperError) throws(Unreadable) -> PaperError {
    var error = preset
    if let code = try number(json, "code") { error.code = Int(clamping: code) }
    if let status = try number(json, "status") { error.status = Int(clamping: status) }
    if let message = json["message"]?.text { error.message = message }
    return error
  }

  private static func number(_ json: JSONValue, _ name: String) throws(Unreadable) -> Int64? {
    guard let value = json[name], value != .null else { return nil }
    guard case .number(let text) = value, let number = Int64(text) else {
      throw Unreadable(reason: "'\(name)' must be a whole number")
    }
    return number
  }
}
