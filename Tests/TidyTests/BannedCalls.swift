/// What we do not write, and what to write instead. The list is meant to be read.
enum BannedCalls {
  /// The only places that may ask the machine for time or chance; everything else is handed a value.
  static let clockAndChance = Places(
    ["Sources/", "sql/"],
    except: [
      "Sources/EventLoop/", "Sources/backstop/", "Sources/simulate/", "Sources/bench/",
      // A log record carries the machine's time, and its queue bounds how long it waits; nothing is decided by either.
      "Sources/Telemetry/LogOutput.swift", "Sources/Telemetry/LogQueue.swift",
    ])

  /// Modules through which money flows. `Double` cannot hold 0.1, so it may not even pass by.
  static let money = Places.modules(["Trading", "Venue", "Binance", "Reconciler", "Mirror", "PaperVenue"])

  static let isExcused: @Sendable (SourceText, Int) -> Bool = { $0.rawLine($1).contains("// ok: ") }

  static let libraries = Places(
    ["Sources/", "sql/"], except: ["Sources/backstop/", "Sources/simulate/", "Sources/bench/"])

  static let crashes: [Rule] = [
    .ban("try!", instead: "throw a typed error, or handle it", in: .sources),
    .ban("as!", instead: "switch over the type, or keep it typed", in: .sources),
    .ban(
      "fatalError(", instead: "`preconditionFailure(\"reason\")` for programmer errors, a thrown error otherwise",
      in: .sources),
  ]

  static let concurrency: [Rule] = [
    .ban("Task.detached", instead: "a structured child task, or a thread of its own for blocking work", in: .allSwift),
    .ban(
      "Mutex", instead: "`Locked<Value>` of EventLoop: the thread sanitizer cannot see through Mutex", in: .allSwift),
    .ban(
      "@unchecked Sendable", instead: "say in a comment on the line above why it is safe", in: .allSwift,
      unless: { $0.hasComment(near: $1) }),
    .ban(
      "nonisolated(unsafe)", instead: "say in a comment on the line above why it is safe", in: .allSwift,
      unless: { $0.hasComment(near: $1) }),
  ]

  /// Either takes the escape `// ok: reason` on its line, for a shell that only bounds a blocking wait.
  static let ambient: [Rule] =
    [
      "Date()", "Date.now", "ContinuousClock", "SuspendingClock", "clock_gettime", "gettimeofday",
      "clinux_monotonic_ns",
    ]
    .map {
      .ban(
        $0, instead: "take the time as a parameter, or a clock of EventLoop", in: clockAndChance, unless: isExcused)
    }
    + ["SystemRandomNumberGenerator", "arc4random", "getrandom", "UUID()"]
    .map { .ban($0, instead: "take randomness as a parameter: `Entropy` of EventLoop", in: clockAndChance) }

  static let output: [Rule] = [
    .ban("print(", instead: "log through Telemetry; only the command line talks to a terminal", in: libraries),
    .ban("debugPrint(", instead: "log through Telemetry", in: libraries),
    .ban("NSLog(", instead: "log through Telemetry", in: .allSwift),
  ]

  static let exactMoney: [Rule] = ["Double", "Float", "CGFloat"].map { word in
    .ban(
      word, instead: "`FixedDecimal`; a figure that is no money may say `// ok: reason` on its line", in: money,
      unless: isExcused)
  }

  /// Where a new case has to be thought about in every switch. Not decidable for all code, so it is a list of places.
  static let stateSwitches = Places(
    ["Sources/Reconciler/", "Sources/Trading/", "Sources/Venue/", "Sources/StreamClient/StreamSupervisor"])

  static let closedSwitches = Rule(name: "default:") { file in
    guard stateSwitches.contain(file.path) else { return [] }
    return Search.words("default:", in: file.code).map { file.line(at: $0) }
      .filter { file.codeLine($0).drop { $0 == " " }.hasPrefix("default:") && !isExcused(file, $0) }
      .map { Finding(path: file.path, line: $0, advice: "`default:` hides the next case: list them all") }
  }

  static let tests: [Rule] =
    ["sleep(", "usleep(", "nanosleep("]
    .map {
      .ban(
        $0, instead: "wait for the fact itself: advance a manual clock, await a signal, poll a descriptor", in: .tests)
    }
    + [.ban("import XCTest", instead: "`import Testing`", in: .tests)]

  static let all: [Rule] = crashes + concurrency + ambient + output + exactMoney + [closedSwitches] + tests
}
