import ControlAPI
import EventLoop
import Guardian
import Reconciler
import Trading
import Venue

/// What the control API may ask, answered by the running guardian.
struct GuardianSurface: ControlSurface {
  private let runtime: GuardianRuntime

  init(_ runtime: GuardianRuntime) { self.runtime = runtime }

  func components() async -> [ComponentState] {
    await runtime.health().map {
      ComponentState($0.component.controlComponent, $0.level.controlLevel, code: $0.code, detail: $0.detail)
    } + [ComponentState(.control, .healthy)]
  }

  func accounts() async -> [AccountView] {
    var views: [AccountView] = []
    let now = Instant(nanoseconds: MonotonicClock.system.nowNanoseconds)
    for account in runtime.accounts { views.append(AccountView(await account.status, at: now)) }
    return views
  }

  func plan() async -> [PlanStep] {
    var steps: [PlanStep] = []
    for account in runtime.accounts {
      steps += await account.plan.map {
        PlanStep(
          account: account.account, command: $0.command, reason: $0.reason.rawValue, lot: $0.lot, quantity: $0.quantity,
          source: $0.source)
      }
    }
    return steps
  }

  func place(
    _ entry: EntryPlacement, bracket: Bracket?, strategy: StrategyID?, account: AccountID?
  ) async throws(ControlRefusal) -> DirectOrderReport {
    let target = try find(account)
    do throws(GuardianAccount.Refusal) {
      return DirectOrderReport(try await target.enter(entry, bracket: bracket, strategy: strategy))
    } catch {
      switch error {
      case .stopping: throw ControlRefusal(.unavailable, "stopping", "\(error)", hint: "start the guardian again")
      case .tooMany: throw ControlRefusal(.tooMany, "too_many_entries", "\(error)", hint: "wait for the earlier ones")
      }
    }
  }

  func register(_ registration: BracketRegistration, account: AccountID?) async throws(ControlRefusal) {
    try await find(account).register(registration)
  }

  func sweep(_ account: AccountID) async throws(ControlRefusal) { try await find(account).sweep() }
  func pause(_ account: AccountID) async throws(ControlRefusal) { try await find(account).pause() }
  func resume(_ account: AccountID) async throws(ControlRefusal) { try await find(account).resume() }

  func flatten(_ symbol: Symbol, account: AccountID) async throws(ControlRefusal) {
    try await find(account).flatten(symbol)
  }

  private func find(_ name: AccountID?) throws(ControlRefusal) -> GuardianAccount {
    guard let name else {
      if runtime.accounts.count == 1 { return runtime.accounts[0] }
      throw ControlRefusal(
        .invalid, "account_missing", "this guardian has \(runtime.accounts.count) accounts", hint: "name one as account"
      )
    }
    guard let account = runtime.account(name) else {
      throw ControlRefusal(
        .notFound, "no_such_account", "no such account is guarded here",
        hint: "the accounts are \(runtime.accounts.map(\.account.text).joined(separator: ", "))")
    }
    return account
  }
}

extension AccountView {
  init(_ status: AccountStatus, at now: Instant) {
    self.init(
      account: status.account, environment: status.environment, isArmed: status.isArmed, isPaused: status.isPaused,
      isKnown: status.isKnown, isStreamConnected: status.streamEpoch != nil,
      lastSweepAge: status.lastSweep.map { now - $0 }, coverage: status.coverage,
      nakedFor: status.nakedSince.mapValues { now - $0 }, lots: status.lots, legs: status.legs,
      residuals: status.residuals, alerts: status.alerts, frozen: status.frozen)
  }
}

extension DirectOrderReport {
  init(_ report: EntryReport) {
    let state: State =
      switch report.state {
      case .rejected: .rejected
      case .working: .working
      case .covered: .covered
      case .uncovered: .uncovered
      case .unknown: .unknown
      }
    self.init(
      state: state, entry: report.entry, legs: report.legs, coveredQuantity: report.coveredQuantity,
      detail: report.detail)
  }
}

extension ComponentHealth.Component {
  fileprivate var controlComponent: ControlComponent {
    switch self {
    case .stream: .stream
    case .rest: .rest
    case .mirror: .mirror
    case .reconciler: .reconciler
    case .clock: .clock
    }
  }
}

extension ComponentHealth.Level {
  fileprivate var controlLevel: ComponentState.Level {
    switch self {
    case .healthy: .healthy
    case .degraded: .degraded
    case .down: .down
    }
  }
}
