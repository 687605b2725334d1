// swift-tools-version: 6.2
import PackageDescription

// Arrows point to a lower level only; Tests/TidyTests holds this table against every import.
//
//   5  backstop  simulate  bench
//   4  Guardian  ControlAPI  PaperServer  Simulation
//   3  StreamClient  RESTClient  Mirror  Binance  Reconciler  Settings
//   2  Venue  Postgres  PaperVenue
//   1  Trading  WebSocket  EventLoop  Signing  Telemetry
//   0  COpenSSL  CCurl  CLibpq  CLinux  Schema

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let collections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOWebSocket", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]

let package = Package(
  name: "backstop",
  products: [
    .executable(name: "backstop", targets: ["backstop"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
  ],
  targets: [
    // 0: the only contact with C, and the SQL files.
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(name: "CLinux"),
    .target(
      name: "Schema", path: "sql", exclude: ["schema.snapshot.sql", "snapshot.sh"],
      resources: [.embedInCode("migrations"), .embedInCode("checks")],
      swiftSettings: strict),

    // 1
    library("Trading"),
    library("WebSocket"),
    library("EventLoop", ["CLinux"]),
    library("Signing", ["COpenSSL"]),
    library("Telemetry", [logging, metrics]),

    // 2
    library("Venue", ["Trading"]),
    library("Postgres", ["CLibpq", "EventLoop"]),
    library("PaperVenue", ["Trading"]),

    // 3
    library("StreamClient", ["WebSocket", "EventLoop", "CLinux", "COpenSSL", "Venue", "Trading"]),
    library("RESTClient", ["CCurl", "EventLoop", "Venue", "Trading"]),
    library("Mirror", ["Postgres", "Venue", "Trading", "EventLoop", "Schema", deque]),
    library("Binance", ["Venue", "Trading"]),
    library("Reconciler", ["Venue", "Trading", collections]),
    library("Settings", ["Trading", "Venue", yams]),

    // 4
    library(
      "Guardian",
      [
        "StreamClient", "RESTClient", "Mirror", "Binance", "Reconciler", "Settings", "Venue", "Postgres",
        "Trading", "WebSocket", "EventLoop", "Signing", "Telemetry", logging, metrics,
      ]),
    library("ControlAPI", ["Venue", "Trading", "Telemetry", "EventLoop", hummingbird, logging]),
    library("PaperServer", ["PaperVenue", "Trading", "Signing", "EventLoop"] + nio),
    library("Simulation", ["Reconciler", "PaperVenue", "Venue", "Trading"]),

    // 5
    .executableTarget(
      name: "backstop",
      dependencies: [
        "Guardian", "ControlAPI", "PaperServer", "PaperVenue", "Settings", "Mirror", "Postgres", "StreamClient",
        "Reconciler", "Binance", "RESTClient",
        "WebSocket", "EventLoop", "Signing", "Venue", "Trading", "Telemetry", "Schema", argumentParser, logging,
      ],
      swiftSettings: strict),

    .executableTarget(
      name: "simulate", dependencies: ["Simulation", "Trading", argumentParser], swiftSettings: strict),

    .executableTarget(
      name: "bench",
      dependencies: [
        "StreamClient", "RESTClient", "Mirror", "Binance", "Reconciler", "Venue", "Postgres", "Trading", "WebSocket",
        "EventLoop", "Signing", "COpenSSL", "CCurl", "CLinux", argumentParser,
      ],
      swiftSettings: strict),

    // Tests: one folder per module, and the ones that hold the whole.
    .target(
      name: "TestSupport", dependencies: ["Trading", "Postgres", "EventLoop"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("TradingTests", ["Trading", "TestSupport"]),
    tests("WebSocketTests", ["WebSocket", "TestSupport"]),
    tests("EventLoopTests", ["EventLoop", "TestSupport"]),
    tests("SigningTests", ["Signing", "TestSupport"]),
    tests("TelemetryTests", ["Telemetry", logging, metrics]),
    tests("VenueTests", ["Venue", "Trading", "TestSupport"]),
    tests("PostgresTests", ["Postgres", "EventLoop", "TestSupport"]),
    tests("PaperVenueTests", ["PaperVenue", "Trading"]),
    tests(
      "StreamClientTests",
      ["StreamClient", "COpenSSL", "WebSocket", "EventLoop", "Signing", "Venue", "Trading", "TestSupport"]),
    tests(
      "RESTClientTests", ["RESTClient", "COpenSSL", "EventLoop", "Signing", "Venue", "Trading", "TestSupport"]),
    tests("MirrorTests", ["Mirror", "Postgres", "Venue", "Trading", "EventLoop", "Schema", "TestSupport"]),
    tests("BinanceTests", ["Binance", "Venue", "Trading", "Signing", "TestSupport"], resources: [.copy("Fixtures")]),
    tests("ReconcilerTests", ["Reconciler", "Venue", "Trading", "TestSupport"]),
    tests("SimulationTests", ["Simulation", "Trading"], resources: [.copy("Corpus")]),
    tests("SettingsTests", ["Settings", "Venue", "Trading", "TestSupport"]),
    tests(
      "GuardianTests",
      [
        "Guardian", "Binance", "Reconciler", "StreamClient", "Venue", "Trading", "EventLoop", "Telemetry",
        "TestSupport",
        logging,
      ]),
    tests("ControlAPITests", ["ControlAPI", "Venue", "Trading", "Telemetry", "EventLoop", logging]),
    tests("PaperServerTests", ["PaperServer", "PaperVenue", "Signing", "Trading", "TestSupport"] + nio),
    tests(
      "IntegrationTests",
      [
        "backstop", "Guardian", "PaperServer", "PaperVenue", "Settings", "Mirror", "Postgres", "RESTClient",
        "StreamClient", "Binance", "Venue", "Trading", "EventLoop", "Schema", "Signing", "Telemetry", "TestSupport",
      ]),
    tests("TidyTests", []),
  ]
)

// Fuzz targets have no entry point of their own and need an instrumented build: they exist for `make fuzz` only.
if Context.environment["BACKSTOP_FUZZ"] != nil {
  func fuzz(_ folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
      name: "Fuzz" + folder, dependencies: ["FuzzChecks"] + dependencies, path: "Fuzz/" + folder, swiftSettings: strict)
  }
  package.products += ["Frames", "JSON", "Events", "Replies", "Settings"].map { folder in
    .library(name: "Fuzz" + folder, type: .static, targets: ["Fuzz" + folder])
  }
  package.targets += [
    .target(name: "FuzzChecks", path: "Fuzz/Checks", swiftSettings: strict),
    fuzz("Frames", ["WebSocket"]),
    fuzz("JSON", ["Binance", "Trading"]),
    fuzz("Events", ["Binance", "Venue", "Trading"]),
    fuzz("Replies", ["Binance", "Venue", "Trading"]),
    fuzz("Settings", ["Settings", "Venue", "Trading"]),
  ]
}
