import Testing

/// Each rule, shown to fail on a bad sample and to leave a good one alone. A rule that cannot fail holds nothing.
struct RuleSampleTests {
  static func findings(_ rules: [Rule], _ path: String, _ text: String) -> [Finding] {
    let file = SourceText(path: path, text)
    return rules.flatMap { $0.judge(file) }
  }

  // MARK: Reading Swift

  @Test func `comments, strings and raw identifiers are blank, interpolated code is not`() {
    let source = ##"""
      let a = "print( \(value("x")) end" // print(
      /* print( /* nested */ print( */ func `says "print(" twice`() {}
      let b = """
        print( "quoted"
        """ + #"raw \(print() \#(kept)"#
      """##
    let file = SourceText(path: "Sources/Trading/A.swift", source)
    #expect(file.code.count == file.raw.count)
    #expect(Search.words("print(", in: file.code) == [])
    #expect(Search.words("value(", in: file.code).count == 1)
    #expect(Search.words("kept", in: file.code).count == 1)
    #expect(Search.words("func", in: file.code).count == 1)
  }

  @Test func `words are found whole, with the line they stand on`() {
    let file = SourceText(path: "Sources/Trading/A.swift", "fingerprint()\nprint()\n")
    let found = Search.words("print(", in: file.code)
    #expect(found.map { file.line(at: $0) } == [2])
    #expect(file.lineCount == 2)
    #expect(file.rawLine(2) == "print()")
  }

  @Test func `functions are measured from declaration to closing brace`() {
    let source = """
      protocol P {
        func bare(_ x: (Int) -> Void)
        init(a: Int)
      }
      extension S {
        init(b: Int) { self.init(a: b) }
        func long<T>(_ x: [T]) throws -> [String: T] where T: Hashable {
          if true {
            x.forEach { _ in }
          }
        }
      }
      """
    let functions = SwiftShape.functions(in: SourceText(path: "Sources/A/P.swift", source))
    #expect(functions.map(\.lineCount).sorted() == [1, 5])
  }

  // MARK: Bans

  @Test(arguments: [
    ("Sources/Mirror/A.swift", "let x = try! f()"),
    ("Sources/Mirror/A.swift", "let x = y as! Int"),
    ("Sources/Mirror/A.swift", "fatalError(\"no\")"),
    ("Tests/MirrorTests/A.swift", "Task.detached { }"),
    ("Sources/Mirror/A.swift", "let state = Mutex(0)"),
    ("Sources/Mirror/A.swift", "final class A: @unchecked Sendable {\n}"),
    ("Sources/Mirror/A.swift", "nonisolated(unsafe) var x = 0"),
    ("Sources/Mirror/A.swift", "let now = Date()"),
    ("Sources/Mirror/A.swift", "let now = ContinuousClock().now"),
    ("Sources/Mirror/A.swift", "clock_gettime(CLOCK_REALTIME, &t)"),
    ("Sources/Reconciler/A.swift", "var g = SystemRandomNumberGenerator()"),
    ("Sources/Reconciler/A.swift", "let id = UUID()"),
    ("Sources/Guardian/A.swift", "print(\"hello\")"),
    ("Sources/Trading/A.swift", "let price: Double = 1"),
    ("Sources/PaperVenue/A.swift", "let price: Float = 1"),
    ("Sources/Reconciler/A.swift", "switch state {\ncase .a: f()\ndefault: break\n}"),
    ("Tests/MirrorTests/A.swift", "try await Task" + ".sleep(for: .seconds(1))"),
    ("Tests/MirrorTests/A.swift", "us" + "leep(10)"),
    ("Tests/MirrorTests/A.swift", "import XCTest"),
  ]) func `a banned call is found`(_ path: String, _ text: String) {
    #expect(Self.findings(BannedCalls.all, path, text).count == 1)
  }

  @Test(arguments: [
    ("Sources/Mirror/A.swift", "let x = try f() // never try! here"),
    ("Sources/Mirror/A.swift", "let advice = \"as! is banned\""),
    ("Sources/Mirror/A.swift", "// The handle is confined to its thread.\nfinal class A: @unchecked Sendable {\n}"),
    ("Sources/EventLoop/A.swift", "let now = ContinuousClock().now"),
    ("Sources/backstop/A.swift", "print(\"table\")"),
    ("Sources/Mirror/A.swift", "let ratio: Double = 0.5  // ok: a share of time, not money"),
    ("Sources/Reconciler/A.swift", "counts[key, default: 0] += 1"),
    ("Sources/Telemetry/A.swift", "let seconds: Double = 0.5"),
    ("Sources/Mirror/A.swift", "let fingerprint = fingerprint(of: x)"),
    ("Tests/MirrorTests/A.swift", "func `Task" + ".sleep( is not used`() {}"),
  ]) func `an allowed call is left alone`(_ path: String, _ text: String) {
    #expect(Self.findings(BannedCalls.all, path, text) == [])
  }

  @Test func `a ban names what to write instead`() throws {
    let finding = try #require(Self.findings(BannedCalls.all, "Sources/Mirror/A.swift", "\nlet m = Mutex(0)").first)
    #expect(finding.description.hasPrefix("Sources/Mirror/A.swift:2: `Mutex` is banned here: `Locked<Value>`"))
  }

  // MARK: Arrows

  static let manifest = SourceText(
    path: "Package.swift",
    """
    let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
    library("Trading"),
    library("Venue", ["Trading"]),
    library("Mirror", ["Venue", logging]),
    library("RESTClient", ["Mirror"]),
    """)

  @Test func `dependencies are read from the manifest`() {
    let declared = ModuleArrows.declaredDependencies(manifest: Self.manifest)
    #expect(declared["Trading"] == [])
    #expect(declared["Mirror"] == ["Venue", "Logging"])
  }

  @Test func `an arrow to the same level is found`() {
    let declared = ModuleArrows.declaredDependencies(manifest: Self.manifest)
    #expect(ModuleArrows.upwardArrows(declared: declared) == ["RESTClient -> Mirror"])
  }

  @Test(arguments: [
    "import Trading", "public import Trading", "import struct RESTClient.Budget", "@testable import Postgres",
    "import NIOCore",
  ]) func `an import that the manifest does not give is found`(_ line: String) {
    let declared = ModuleArrows.declaredDependencies(manifest: Self.manifest)
    let found = Self.findings([ModuleArrows.onlyDeclared(declared)], "Sources/Mirror/A.swift", line)
    #expect(found.count == 1)
  }

  @Test func `declared modules and the platform may be imported`() {
    let declared = ModuleArrows.declaredDependencies(manifest: Self.manifest)
    let text = "public import Venue\nimport Logging\nimport Glibc\n// import RESTClient\n"
    #expect(Self.findings([ModuleArrows.onlyDeclared(declared)], "Sources/Mirror/A.swift", text) == [])
  }

  @Test(arguments: ["import Foundation", "import Glibc", "func f() async {}", "Task { }"])
  func `effects in a pure module are found`(_ text: String) {
    #expect(Self.findings([ModuleArrows.purity], "Sources/Reconciler/A.swift", text).count == 1)
    #expect(Self.findings([ModuleArrows.purity], "Sources/Guardian/A.swift", text) == [])
  }

  // MARK: Limits

  @Test func `a file of 501 lines is too long, a test file is not`() {
    let text = String(repeating: "\n", count: 501)
    #expect(Self.findings([Limits.files], "Sources/A/A.swift", text).count == 1)
    #expect(Self.findings([Limits.files], "Tests/A/A.swift", text) == [])
    #expect(Self.findings([Limits.files], "Sources/A/A.swift", String(repeating: "\n", count: 500)) == [])
  }

  @Test func `a function of 71 lines is too long, one of 70 is not`() {
    func source(lines: Int) -> String { "func f() {\n" + String(repeating: "  g()\n", count: lines - 2) + "}\n" }
    #expect(Self.findings([Limits.functions], "Sources/A/A.swift", source(lines: 71)).count == 1)
    #expect(Self.findings([Limits.functions], "Sources/A/A.swift", source(lines: 70)) == [])
  }

  @Test func `a line of 121 columns is too long unless it is text`() {
    let code = "let x = " + String(repeating: "a", count: 113)
    #expect(Self.findings([Limits.lines], "Sources/A/A.swift", code).count == 1)
    #expect(Self.findings([Limits.lines], "Sources/A/A.swift", String(code.dropLast())) == [])
    #expect(Self.findings([Limits.lines], "Sources/A/A.swift", "let x = \"" + code + "\"") == [])
    #expect(Self.findings([Limits.lines], "Sources/A/A.swift", "// " + code).count == 1)
  }

  // MARK: Names

  @Test(arguments: [
    ("Sources/Mirror/Utils/A.swift", "struct A {}"),
    ("Sources/Mirror/OrderManager.swift", "struct OrderManager {}"),
    ("Sources/Mirror/Order.swift", "struct Order {}\nenum OrderHelper {}"),
    ("Sources/Mirror/Common/A.swift", "struct A {}"),
    ("Sources/Mirror/A.swift", "struct B {}"),
    ("Sources/Mirror/A+Topic.swift", "extension B {}"),
    ("Sources/Mirror/Store.swift", "struct Store {}\nstruct Mirror {}"),
    ("sql/migrations/0001_orders.sql", "select 1;"),
  ]) func `a name that says nothing or the wrong thing is found`(_ path: String, _ text: String) {
    #expect(Self.findings(Names.all, path, text).isEmpty == false)
  }

  @Test(arguments: [
    ("Sources/Mirror/A.swift", "public struct A {}"),
    ("Sources/Mirror/A+Topic.swift", "extension B.A {}"),
    ("Sources/Mirror/NewOrder.swift", "struct NewOrder {}"),
    ("Sources/Mirror/ExcessRule.swift", "extension Rules {\n  static let excessRule = 1\n}"),
    ("sql/migrations/m0001_orders.sql", "select 1;"),
  ]) func `a good name is left alone`(_ path: String, _ text: String) {
    #expect(Self.findings(Names.all, path, text) == [])
  }

  @Test func `camel case splits into words`() {
    #expect(Names.words(of: "TLSConnectionManager") == ["TLS", "Connection", "Manager"])
    #expect(Names.words(of: "m0001_orders.sql") == ["m0001", "orders", "sql"])
  }

  // MARK: Documents

  @Test(arguments: [
    ("Sources/A/A.swift", "// TO" + "DO: later"),
    ("ops/run.sh", "# FIX" + "ME"),
    ("README.md", "# A\nsee /wo" + "rk/main/x"),
    ("ops/run.sh", "curl deb.deb" + "ian.org"),
    ("README.md", "# A\n# B"),
    ("README.md", "no title"),
    ("CHANGELOG.md", "# Changelog\n### Fixes"),
    ("Makefile", "help: ## list\nbuild: deps\n"),
  ]) func `text that does not belong is found`(_ path: String, _ text: String) {
    #expect(Self.findings(Documents.all, path, text).count == 1)
  }

  @Test(arguments: [
    ("README.md", "# A\n```\n# a comment in a sample\n```\n## B"),
    ("CHANGELOG.md", "# Changelog\n## 0.1.0\n### Safety\n### Features\n### Internals"),
    ("Makefile", "SHELL := /bin/bash\nhelp: ## list\n\t@echo 'a: b'\n"),
  ]) func `text in order is left alone`(_ path: String, _ text: String) {
    #expect(Self.findings(Documents.all, path, text) == [])
  }

  @Test func `an alert without a heading is found`() {
    let kinds = """
      public enum AlertKind: String {
        /// Why.
        case naked
        case noSlot = "no_slot", frozen
      }
      """
    let values = Documents.rawValues(ofEnum: "AlertKind", in: SourceText(path: "Sources/Reconciler/A.swift", kinds))
    #expect(values == ["naked", "no_slot", "frozen"])
    let list = SourceText(path: "Sources/Telemetry/A.swift", "static let alertKinds = [\n  \"naked\", \"clock\",\n]")
    #expect(Documents.strings(ofList: "alertKinds", in: list) == ["naked", "clock"])
    let runbook = SourceText(path: "ops/runbook.md", "# Runbook\n## naked\ntext\n## frozen\n")
    #expect(Documents.undocumentedAlerts(values, runbook: runbook) == ["no_slot"])
  }
}
