import FuzzChecks
import Settings
import Trading
import Venue

/// The configuration reader under arbitrary text: what it accepts is complete and consistent, what it refuses it
/// explains (faults CF03, CF04, CF06, SE01).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSettings(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = String(decoding: FuzzInput(start, count).bytes, as: UTF8.self)
  let reading = Result { () throws(InvalidConfiguration) in try BackstopConfiguration.parse(text, directory: "/etc") }
  switch reading {
  case .success(let configuration): check(configuration)
  case .failure(let invalid): check(invalid, text)
  }
  return 0
}

private func check(_ invalid: InvalidConfiguration, _ text: String) {
  Property.holds(!invalid.problems.isEmpty, "a refusal names a problem")
  let lines = text.utf8.count { $0 == 0x0A || $0 == 0x0D } + text.unicodeScalars.count { $0.value > 0x7F } + 2
  for problem in invalid.problems {
    Property.holds(!problem.message.isEmpty, "a problem says what is wrong: \(problem)")
    Property.holds((0...lines).contains(problem.line), "a problem's line is in the file: \(problem)")
    Property.holds(
      problem.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control },
      "a problem is harmless in a terminal: \(problem.description.debugDescription)")
    Property.holds(problem.description.utf8.count < 4000, "a problem can be read: \(problem)")
  }
}

private func check(_ configuration: BackstopConfiguration) {
  Property.holds(!configuration.accounts.isEmpty, "there is an account to guard")
  Property.holds(
    Set(configuration.accounts.map(\.name)).count == configuration.accounts.count, "no two accounts have one name")
  Property.holds(
    (configuration.environment == .paper) == (configuration.venue.endpoints != nil), "only paper has endpoints (CF03)")
  if let endpoints = configuration.venue.endpoints {
    Property.holds(endpoints.rest.hasPrefix("https://") && endpoints.webSocketAPI.hasPrefix("wss://"), "all is TLS")
    Property.holds(endpoints.certificateAuthorityFile?.hasPrefix("/") ?? true, "paths are absolute")
  }
  Property.holds(configuration.stateDirectory.hasPrefix("/"), "paths are absolute")
  Property.holds(configuration.control.tokenFile.hasPrefix("/"), "paths are absolute")
  Property.holds((0...65_535).contains(configuration.control.port), "the port is one")
  if case .url(let address) = configuration.database {
    Property.holds(!address.contains("password="), "no password stands in the file (SE01)")
  }
  for account in configuration.accounts { check(account, configuration.environment) }
}

private func check(_ account: AccountConfiguration, _ environment: VenueEnvironment) {
  Property.holds(account.tagKeyFile.hasPrefix("/"), "paths are absolute")
  Property.holds((1...40).contains(account.name.text.utf8.count), "a name fits a row")
  Property.holds(account.adoptWindow >= .zero && account.timing.queryAfter > .zero, "lengths of time go forward")
  Property.holds(
    !account.risk.orderNotionalMax.isNegative && !account.risk.openNotionalMax.isNegative, "gates are sums")
  check(account.brackets.standard)
  for rule in account.brackets.rules {
    if case .protect(let bracket) = rule.treatment { check(bracket) }
  }
  let policy = account.policy(environment: environment, tagKey: TagKey(high: 1, low: 2))
  Property.holds(policy.isArmed == account.isArmed, "the core is told what was decided")
}

private func check(_ bracket: Bracket) {
  Property.holds(bracket.defect == nil, "an accepted bracket has no defect: \(bracket)")
  let entry: FixedDecimal = "60000"
  if let stop = bracket.stop, case .percent = stop {
    Property.holds(stop.below(entry) < entry, "a stop's distance leads down: \(bracket)")
  }
  for target in bracket.takeProfits {
    guard case .percent = target.level else { continue }
    Property.holds(target.level.above(entry) > entry, "a take-profit's distance leads up: \(bracket)")
  }
}
