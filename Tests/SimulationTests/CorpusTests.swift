import Foundation
import Testing

@testable import Simulation

/// Worlds that broke a promise once.
struct CorpusTests {
  private static let folder = Bundle.module.bundleURL.appending(path: "Corpus")

  static var names: [String] {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path())
    return (files ?? []).filter { $0.hasSuffix(".json") }.sorted()
  }

  @Test func `there is a corpus`() { #expect(Self.names.count >= 29) }

  @Test(arguments: names)
  func `a world that broke a promise once keeps all of them`(name: String) throws {
    let data = try Data(contentsOf: Self.folder.appending(path: name))
    let regression = try JSONDecoder().decode(Regression.self, from: data)
    var world = regression.scenario.world()
    let report = world.run()
    #expect(report.violations.isEmpty, "\(regression.finding): \(report.violations)")
  }
}
