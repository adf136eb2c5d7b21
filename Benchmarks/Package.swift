// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "tokenwire", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    .systemLibrary(name: "CLibFuzzer"),
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "CLibFuzzer",
        .product(name: "Constraints", package: "tokenwire"),
        .product(name: "GRPCTransport", package: "tokenwire"),
        .product(name: "HTTPAPI", package: "tokenwire"),
        .product(name: "LlamaGeneration", package: "tokenwire"),
        .product(name: "TTRPC", package: "tokenwire"),
        .product(name: "TokenwireClient", package: "tokenwire"),
        .product(name: "UpstreamGeneration", package: "tokenwire"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: settings,
      // The default linker, gold, stops with an internal error at libFuzzer.
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]
    ),
    .executableTarget(
      name: "Load",
      dependencies: [
        .product(name: "TTRPC", package: "tokenwire"),
        .product(name: "TokenwireClient", package: "tokenwire"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "Soak",
      dependencies: [
        .product(name: "TTRPC", package: "tokenwire"),
        .product(name: "TokenwireClient", package: "tokenwire"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "TokenSpeed",
      dependencies: [
        .product(name: "AccessTokens", package: "tokenwire"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "LogSpeed",
      dependencies: [
        .product(name: "TTRPC", package: "tokenwire"),
        .product(name: "TokenwireClient", package: "tokenwire"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings
    ),
  ]
)
