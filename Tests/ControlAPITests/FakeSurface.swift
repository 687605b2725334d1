import EventLoop
import Trading
import Venue

@testable import ControlAPI

/// A surface with one exposed account whose every text is hostile or tells too much, and a record of what was asked
/// of it.
final class FakeSurface: ControlSurface {
  enum Asked: Hashable, Sendable {
    case place(EntryPlacement, Bracket?, StrategyID?, AccountID?)
    case register(BracketRegistration, AccountID?)
    case sweep(AccountID)
    case pause(AccountID)
    case resume(AccountID)
    case flatten(Symbol, AccountID)
  }

  static let hostile = "\u{1b}[2J<img src=x onerror=alert(1)>\n"
  static let lot = OrderKey("SECRETUSDT", 4711)

  private let asked = Locked<[Asked]>([])
  private let views: [AccountView]
  private let states: [ComponentState]
  private let report: DirectOrderReport

  init(
    views: [AccountView] = [FakeSurface.exposed],
    states: [ComponentState] = [ComponentState(.stream, .healthy), ComponentState(.reconciler, .healthy)],
    report: DirectOrderReport = FakeSurface.covered
  ) {
    self.views = views
    self.states = states
    self.report = report
  }

  var everythingAsked: [Asked] { asked.withLock { $0 } }

  func components() async -> [ComponentState] { states }
  func accounts() async -> [AccountView] { views }

  func plan() async -> [PlanStep] {
    [
      PlanStep(
        account: "main",
        command: .placeLeg(
          LegPlacement(
            symbol: "SECRETUSDT", quantity: "0.75",
            terms: LegTerms(clientOrderID: "x1", type: .stopLoss, triggerPrice: "98.5"))),
        reason: "uncovered", lot: Self.lot, quantity: "0.75", source: .sweep)
    ]
  }

  func place(
    _ entry: EntryPlacement, bracket: Bracket?, strategy: StrategyID?, account: AccountID?
  ) async throws(ControlRefusal) -> DirectOrderReport {
    asked.withLock { $0.append(.place(entry, bracket, strategy, account)) }
    return report
  }

  func register(_ registration: BracketRegistration, account: AccountID?) async throws(ControlRefusal) {
    asked.withLock { $0.append(.register(registration, account)) }
  }

  func sweep(_ account: AccountID) async throws(ControlRefusal) {
    guard account == "main" else {
      throw ControlRefusal(.notFound, "no_such_account", "there is no such account", hint: "see /v1/status")
    }
    asked.withLock { $0.append(.sweep(account)) }
  }

  func pause(_ account: AccountID) async throws(ControlRefusal) { asked.withLock { $0.append(.pause(account)) } }
  func resume(_ account: AccountID) async throws(ControlRefusal) { asked.withLock { $0.append(.resume(account)) } }

  func flatten(_ symbol: Symbol, account: AccountID) async throws(ControlRefusal) {
    asked.withLock { $0.append(.flatten(symbol, account)) }
  }

  static let exposed: AccountView = {
    let now = Instant(nanoseconds: 0)
    let leg = Leg(
      lot: lot, role: .stopLoss, tranche: 1, generation: 1, clientOrderID: ClientOrderID("LEGID" + hostile),
      rangeStart: .zero, quantity: "0.2571", triggerPrice: "98.5", source: .stream)
    return AccountView(
      account: "main", environment: .paper, isArmed: true, isPaused: false, isKnown: true, isStreamConnected: true,
      lastSweepAge: .milliseconds(3200),
      coverage: [
        CoverageRecord(
          symbol: "SECRETUSDT", state: .partial, position: "123.456", covered: "0.2571", dust: "0.001",
          reasons: ["SECRETREASON"])
      ],
      nakedFor: ["SECRETUSDT": .milliseconds(1500)],
      lots: [
        Lot(
          id: lot, entryClientOrderID: ClientOrderID("ENTRYID" + hostile), strategy: "STRATEGYNAME", bracket: .standard,
          bracketOrigin: .accountDefault, filledQuantity: "123.456", filledQuote: "12345.6", source: .stream,
          openedAt: Timestamp(milliseconds: 1_795_255_580_000))
      ], legs: [leg], residuals: ["SECRET": "0.5"],
      alerts: [
        AlertRecord(
          kind: "naked", subject: "SECRETUSDT", severity: .critical, message: "naked" + hostile, isStanding: true,
          at: now)
      ], frozen: ["SECRETUSDT"])
  }()

  static let covered = DirectOrderReport(
    state: .covered,
    entry: Order(
      symbol: "BTCUSDT", venueOrderID: 99, clientOrderID: "bot-1", side: .buy, type: .market, status: .filled,
      quantity: "0.5", executedQuantity: "0.5", executedQuote: "50000",
      updatedAt: Timestamp(milliseconds: 1_795_255_580_000)),
    legs: [
      Leg(
        lot: OrderKey("BTCUSDT", 99), role: .stopLoss, tranche: 1, generation: 1, clientOrderID: "leg1",
        rangeStart: .zero, quantity: "0.5", triggerPrice: "99000", source: .direct)
    ], coveredQuantity: "0.5", detail: "")
}
