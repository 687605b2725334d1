import Testing

/// The repository, held to its own rules. `RuleSampleTests` shows that each rule can fail.
struct TidyTests {
  static func check(_ rule: Rule, _ files: [SourceText], sourceLocation: SourceLocation = #_sourceLocation) {
    let findings = rule.findings(in: files)
    guard !findings.isEmpty else { return }
    let list = findings.map { "  \($0)" }.joined(separator: "\n")
    Issue.record("\(rule.name): \(findings.count) places\n\(list)", sourceLocation: sourceLocation)
  }

  @Test func `the checkout is found and has sources`() {
    #expect(Repository.file("Package.swift") != nil, "looked in \(Repository.root)")
    #expect(Repository.swift.count > 50)
  }

  @Test(arguments: BannedCalls.all.map(\.name)) func `banned calls do not appear`(_ name: String) {
    for rule in BannedCalls.all where rule.name == name { Self.check(rule, Repository.swift) }
  }

  @Test(arguments: Limits.all.map(\.name)) func `files, functions and lines stay short`(_ name: String) {
    for rule in Limits.all where rule.name == name { Self.check(rule, Repository.swift) }
  }

  @Test(arguments: Names.all.map(\.name)) func `names say the responsibility`(_ name: String) {
    for rule in Names.all where rule.name == name { Self.check(rule, Repository.files) }
  }

  @Test(arguments: Documents.all.map(\.name)) func `documents and text are in order`(_ name: String) {
    for rule in Documents.all where rule.name == name { Self.check(rule, Repository.files) }
  }

  @Test func `each module imports only what Package swift gives it`() throws {
    let manifest = try #require(Repository.file("Package.swift"))
    let declared = ModuleArrows.declaredDependencies(manifest: manifest)
    Self.check(ModuleArrows.onlyDeclared(declared), Repository.swift)
  }

  @Test func `declared dependencies go to a lower level only`() throws {
    let manifest = try #require(Repository.file("Package.swift"))
    let declared = ModuleArrows.declaredDependencies(manifest: manifest)
    #expect(Set(declared.keys).subtracting(ModuleArrows.levels.keys) == [], "give it a level in ModuleArrows")
    #expect(ModuleArrows.upwardArrows(declared: declared) == [])
  }

  @Test func `pure modules have no I-O, no clock and no suspension`() {
    Self.check(ModuleArrows.purity, Repository.swift)
  }

  @Test func `every folder of Sources has a level`() {
    let folders = Set(Repository.swift.compactMap(\.module))
    #expect(folders.subtracting(ModuleArrows.levels.keys) == [])
  }

  @Test func `every alert has a heading in the runbook`() throws {
    let runbook = try #require(Repository.file("ops/runbook.md"))
    let kinds = Repository.swift.filter { $0.module == "Reconciler" }
      .flatMap { Documents.rawValues(ofEnum: "AlertKind", in: $0) }
    #expect(kinds.contains("naked"))
    #expect(Documents.undocumentedAlerts(kinds, runbook: runbook) == [])
    let catalog = try #require(Repository.file("Sources/Telemetry/MetricCatalog+Labels.swift"))
    #expect(Set(kinds) == Set(Documents.strings(ofList: "alertKinds", in: catalog)), "the metric counts alerts by kind")
  }
}
