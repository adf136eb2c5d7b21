// swift-tools-version: 6.2
import PackageDescription

var settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// CI builds with warnings as errors; users, whose compilers may be newer, do not.
if Context.environment["TOKENWIRE_STRICT"] != nil {
  settings.append(.treatAllWarnings(as: .error))
}

// Stores that need a library which not every machine has: deploy/setup tells which are to be built.
let hasMongoDB = (Context.environment["TOKENWIRE_STORES"] ?? "").split(separator: " ")
  .contains("mongodb")

let package = Package(
  name: "tokenwire",
  products: [
    .executable(name: "tokenwire", targets: ["tokenwire"]),
    .library(name: "AccessTokens", targets: ["AccessTokens", "Identifiers"]),
    // Not for others: what the benchmarks' package fuzzes.
    .library(name: "Constraints", targets: ["Constraints"]),
    .library(name: "GRPCTransport", targets: ["GRPCTransport"]),
    .library(
      name: "HTTPAPI",
      targets: ["HTTPAPI", "HTTPTransport", "Listening", "RPC", "Identifiers", "TokenwireAPI"]
    ),
    .library(name: "LlamaGeneration", targets: ["LlamaGeneration"]),
    .library(name: "UpstreamGeneration", targets: ["UpstreamGeneration", "Generation"]),
    .library(name: "TTRPC", targets: ["TTRPC", "EventLoops", "Listening", "RPC", "Identifiers"]),
    .library(
      name: "TokenwireClient",
      targets: [
        "TokenwireClient", "TokenwireAPI", "TTRPC", "Listening", "RPC", "Identifiers",
      ]
    ),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    // Ground: the C libraries, protoc-c's output, names, and what tasks wait on.
    .systemLibrary(
      name: "CProtobufC",
      pkgConfig: "libprotobuf-c",
      providers: [.apt(["libprotobuf-c-dev"])]
    ),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CLlama", pkgConfig: "llama"),
    .systemLibrary(name: "CLlamaCommon", pkgConfig: "llama-common"),
    .target(name: "CLlamaChat", dependencies: ["CLlama", "CLlamaCommon"]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CProcess"),
    .target(name: "CStatus", dependencies: ["CProtobufC"]),
    .target(name: "CTTRPC", dependencies: ["CProtobufC", "CStatus"]),
    .target(name: "CTokenwireAPI", dependencies: ["CProtobufC"]),
    .target(name: "Identifiers", swiftSettings: settings),
    .target(name: "Concurrency", swiftSettings: settings),
    .target(name: "Systemd", dependencies: ["Identifiers"], swiftSettings: settings),
    .target(
      name: "EventLoops",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings
    ),

    // Floor 1.
    .target(name: "JSON", dependencies: ["Identifiers"], swiftSettings: settings),
    .target(
      name: "Protobuf",
      dependencies: [
        "CProtobufC", "Identifiers", "JSON", .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "Generation",
      dependencies: ["Concurrency", "Identifiers"],
      swiftSettings: settings
    ),
    .target(name: "SQLite", dependencies: ["CSQLite", "Identifiers"], swiftSettings: settings),
    .target(
      name: "PostgreSQL",
      dependencies: ["CPostgreSQL", "Identifiers"],
      swiftSettings: settings
    ),

    // Floors 2 to 4.
    .target(
      name: "AccessTokens",
      dependencies: ["COpenSSL", "CProcess", "Identifiers", "JSON", "SQLite"],
      swiftSettings: settings
    ),
    .target(
      name: "Constraints",
      dependencies: ["Identifiers", "JSON"],
      swiftSettings: settings
    ),
    .target(
      name: "RPC",
      dependencies: [
        "CStatus", "Concurrency", "Identifiers", "Protobuf",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "Listening",
      dependencies: [
        "EventLoops", "Identifiers", "RPC",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "TTRPC",
      dependencies: [
        "CStatus", "CTTRPC", "Concurrency", "EventLoops", "Identifiers", "Listening", "Protobuf",
        "RPC",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "HTTPTransport",
      dependencies: [
        "Concurrency", "Identifiers", "JSON", "Listening", "RPC",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "GRPCTransport",
      dependencies: [
        "CZlib", "Concurrency", "HTTPTransport", "Identifiers", "JSON", "Listening", "RPC",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "LlamaGeneration",
      dependencies: [
        "CLlama", "CLlamaChat", "Concurrency", "Constraints", "Generation", "Identifiers", "JSON",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings
    ),

    // Models of other servers.
    .target(
      name: "UpstreamGeneration",
      dependencies: [
        "Concurrency", "EventLoops", "Generation", "Identifiers", "JSON",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: settings
    ),

    // Functions of AWS Lambda.
    .target(
      name: "LambdaRuntime",
      dependencies: [
        "Concurrency", "Identifiers", "JSON", "Listening",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),

    .target(
      name: "RequestLog",
      dependencies: ["Concurrency", "Identifiers", "JSON"],
      swiftSettings: settings
    ),
    .target(
      name: "LogSearch",
      dependencies: ["RequestLog", "SQLite"],
      swiftSettings: settings
    ),
    .target(
      name: "OutboxRequestLog",
      dependencies: [
        "Concurrency", "Identifiers", "RequestLog", .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "SQLiteRequestLog",
      dependencies: [
        "Concurrency", "Identifiers", "LogSearch", "RequestLog", "SQLite",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "PostgresRequestLog",
      dependencies: [
        "Concurrency", "Identifiers", "JSON", "LogSearch", "PostgreSQL", "RequestLog",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "PostgresSharedState",
      dependencies: [
        "AccessTokens", "Concurrency", "Identifiers", "PostgreSQL",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings
    ),

    // Floors 5 and 6: the typed API, and the client that speaks it.
    .target(
      name: "TokenwireAPI",
      dependencies: [
        "CTokenwireAPI", "Identifiers", "Protobuf", "RPC", "TTRPC",
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "TokenwireClient",
      dependencies: ["Identifiers", "Listening", "RPC", "TTRPC", "TokenwireAPI"],
      swiftSettings: settings
    ),

    .target(
      name: "HTTPAPI",
      dependencies: [
        "HTTPTransport", "Identifiers", "JSON", "Protobuf", "RPC", "TokenwireAPI",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "Recording",
      dependencies: [
        "Concurrency", "Identifiers", "JSON", "Listening", "Protobuf", "RPC", "TTRPC",
        "TokenwireAPI",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings
    ),

    .target(
      name: "PrometheusMetrics",
      dependencies: [
        "Identifiers", .product(name: "CoreMetrics", package: "swift-metrics"),
      ],
      swiftSettings: settings
    ),

    // Floor 7.
    .target(
      name: "TokenwireServer",
      dependencies: [
        "AccessTokens", "CMalloc", "Concurrency", "Generation", "Identifiers", "Listening",
        "Protobuf", "RPC", "RequestLog", "TokenwireAPI",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings
    ),

    // Floor 8.
    .executableTarget(
      name: "tokenwire",
      dependencies: [
        "AccessTokens", "Concurrency", "GRPCTransport", "Generation", "HTTPAPI", "HTTPTransport",
        "Identifiers", "JSON", "LambdaRuntime", "Listening", "LlamaGeneration", "OutboxRequestLog",
        "PostgresRequestLog", "PostgresSharedState", "PrometheusMetrics", "Protobuf", "RPC",
        "Recording", "RequestLog", "SQLiteRequestLog", "Systemd", "TTRPC", "TokenwireAPI",
        "TokenwireClient", "TokenwireServer", "UpstreamGeneration",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings
    ),

    // Tests.
    .target(
      name: "TestCertificates",
      dependencies: [
        "Listening",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/TestCertificates",
      swiftSettings: settings
    ),
    .target(
      name: "TestClients",
      dependencies: ["TTRPC"],
      path: "Tests/TestClients",
      swiftSettings: settings
    ),
    .target(
      name: "TestTexts",
      dependencies: ["JSON"],
      path: "Tests/TestTexts",
      swiftSettings: settings
    ),
    // Clients of HTTP that see each byte.
    .target(
      name: "TestHTTP",
      dependencies: [
        "Listening",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Tests/TestHTTP",
      swiftSettings: settings
    ),
    .target(name: "TestThreads", path: "Tests/TestThreads", swiftSettings: settings),
    // A server that runs for as long as a test needs it.
    .target(
      name: "TestServers",
      dependencies: ["Listening", .product(name: "Logging", package: "swift-log")],
      path: "Tests/TestServers",
      swiftSettings: settings
    ),
    // Times that a machine may be too busy to keep.
    .target(
      name: "TestTimes",
      dependencies: [.product(name: "NIOCore", package: "swift-nio")],
      path: "Tests/TestTimes",
      swiftSettings: settings
    ),
    // A program that answers lines, such as one that runs a server for tests.
    .target(name: "TestPrograms", path: "Tests/TestPrograms", swiftSettings: settings),
    // Callers and nodes that write while something is killed.
    .target(
      name: "TestLogStores",
      dependencies: [
        "Identifiers", "LogCrashWriter", "RequestLog",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/TestLogStores",
      swiftSettings: settings
    ),
    // Debian's server of PostgreSQL, for tests.
    .target(
      name: "TestPostgreSQL",
      dependencies: ["Concurrency", "Identifiers", "PostgreSQL", "TestPrograms"],
      path: "Tests/TestPostgreSQL",
      exclude: ["line", "server"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "ProtobufTests",
      dependencies: [
        "Identifiers", "Protobuf", "TestTexts", "TestThreads", "TokenwireAPI",
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(name: "JSONTests", dependencies: ["JSON", "TestTexts"], swiftSettings: settings),
    .testTarget(
      name: "IdentifiersTests",
      dependencies: ["Identifiers", "TestTexts"],
      swiftSettings: settings
    ),
    // What each generator promises.
    .target(
      name: "TestGenerators",
      dependencies: ["Generation", "Identifiers"],
      path: "Tests/TestGenerators",
      swiftSettings: settings
    ),
    .testTarget(
      name: "GenerationTests",
      dependencies: ["Generation", "Identifiers", "TestGenerators", "TestTexts"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "UpstreamGenerationTests",
      dependencies: [
        "Concurrency", "Generation", "Identifiers", "TestTimes", "UpstreamGeneration",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "LambdaRuntimeTests",
      dependencies: [
        "Concurrency", "Identifiers", "JSON", "LambdaRuntime", "Listening", "TestTexts",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "ConstraintsTests",
      dependencies: ["Constraints", "JSON", "TestThreads"],
      swiftSettings: settings
    ),
    // What make test-schemas asks about schemas.
    .executableTarget(
      name: "SchemaTexts",
      dependencies: ["Constraints"],
      path: "Tests/Schemas/texts",
      swiftSettings: settings
    ),
    .testTarget(name: "SQLiteTests", dependencies: ["SQLite"], swiftSettings: settings),
    .testTarget(
      name: "SystemdTests",
      dependencies: ["Identifiers", "Systemd"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "ConcurrencyTests",
      dependencies: ["Concurrency"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "AccessTokensTests",
      dependencies: ["AccessTokens", "Identifiers", "JSON", "SQLite", "TestTexts"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "RequestLogTests",
      dependencies: ["Identifiers", "RequestLog"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "SQLiteRequestLogTests",
      dependencies: [
        "Identifiers", "LogCrashWriter", "RequestLog", "SQLite", "SQLiteRequestLog", "TestTexts",
        "TestThreads",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "PrometheusMetricsTests",
      dependencies: [
        "PrometheusMetrics", .product(name: "Metrics", package: "swift-metrics"),
      ],
      swiftSettings: settings
    ),
    // What all log stores promise.
    .testTarget(
      name: "LogStoreTests",
      dependencies: [
        "Identifiers", "PostgresRequestLog", "RequestLog", "SQLiteRequestLog", "TestPostgreSQL",
        "TestTexts", "TestThreads",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "PostgreSQLTests",
      dependencies: ["Identifiers", "PostgreSQL", "TestPostgreSQL"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "PostgresRequestLogTests",
      dependencies: [
        "Identifiers", "PostgreSQL", "PostgresRequestLog", "RequestLog", "TestLogStores",
        "TestPostgreSQL", "TestThreads",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "PostgresSharedStateTests",
      dependencies: [
        "AccessTokens", "Identifiers", "PostgreSQL", "PostgresSharedState", "TestPostgreSQL",
        "TestThreads",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "OutboxRequestLogTests",
      dependencies: [
        "Identifiers", "OutboxRequestLog", "PostgresRequestLog", "RequestLog", "SQLiteRequestLog",
        "TestLogStores", "TestPostgreSQL",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: settings
    ),
    // What the tests of stores kill.
    .executableTarget(
      name: "LogCrashWriter",
      dependencies: [
        "Identifiers", "OutboxRequestLog", "PostgresRequestLog", "RequestLog", "SQLiteRequestLog",
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Tests/Crash/LogCrashWriter",
      swiftSettings: settings
    ),
    // What make test-grpc calls: the service of gRPC's interoperability tests.
    .target(
      name: "CGRPCTesting",
      dependencies: ["CProtobufC"],
      path: "Tests/GRPCInterop/CGRPCTesting"
    ),
    .executableTarget(
      name: "GRPCInteropServer",
      dependencies: [
        "CGRPCTesting", "CProtobufC", "GRPCTransport", "HTTPTransport", "Identifiers", "Listening",
        "Protobuf", "RPC",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      path: "Tests/GRPCInterop/Server",
      swiftSettings: settings
    ),
    // What make conformance runs for the Swift client.
    .executableTarget(
      name: "ConformanceDriver",
      dependencies: [
        "Identifiers", "Listening", "RPC", "TTRPC", "TokenwireAPI", "TokenwireClient",
      ],
      path: "Tests/Conformance/swift",
      swiftSettings: settings
    ),
    .testTarget(
      name: "LlamaGenerationTests",
      dependencies: [
        "GRPCTransport", "Generation", "HTTPAPI", "HTTPTransport", "Identifiers", "LlamaGeneration",
        "Listening", "Protobuf", "RPC",
        "TestGenerators", "TestHTTP", "TestTexts", "TokenwireAPI", "TokenwireServer",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "HTTPTransportTests",
      dependencies: [
        "HTTPTransport", "Identifiers", "JSON", "Listening", "Protobuf", "RPC", "TTRPC",
        "TestCertificates", "TestHTTP", "TestServers", "TestTimes",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "GRPCTransportTests",
      dependencies: [
        "GRPCTransport", "HTTPTransport", "Identifiers", "Listening", "Protobuf", "RPC", "TTRPC",
        "TestCertificates", "TestHTTP", "TestServers", "TestTimes",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "TokenwireAPITests",
      dependencies: [
        "Identifiers", "JSON", "Protobuf", "TestTexts", "TokenwireAPI",
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "HTTPAPITests",
      dependencies: [
        "HTTPAPI", "HTTPTransport", "Identifiers", "JSON", "Protobuf", "RPC", "TokenwireAPI",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "RecordingTests",
      dependencies: [
        "GRPCTransport", "HTTPAPI", "HTTPTransport", "Identifiers", "Listening", "Protobuf", "RPC",
        "Recording", "TTRPC", "TestClients", "TestHTTP", "TestServers", "TestTexts",
        "TokenwireAPI", "TokenwireClient",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "TokenwireServerTests",
      dependencies: [
        "TestGenerators", "UpstreamGeneration",
        "AccessTokens", "GRPCTransport", "Generation", "HTTPAPI", "HTTPTransport", "Identifiers",
        "JSON",
        "Listening", "Protobuf", "RPC", "RequestLog", "SQLiteRequestLog", "TTRPC",
        "TestCertificates", "TestClients", "TestHTTP", "TestServers", "TestTexts", "TokenwireAPI",
        "TokenwireClient", "TokenwireServer",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "MetricsTestKit", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHPACK", package: "swift-nio-http2"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "RPCTests",
      dependencies: [
        "Identifiers", "RPC", "TestTexts", "TokenwireAPI",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    // A transport in its smallest form, which shows that RPC suffices for one.
    .target(
      name: "ToyTransport",
      dependencies: [
        "Identifiers", "RPC",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Tests/ToyTransport",
      swiftSettings: settings
    ),
    .testTarget(
      name: "ToyTransportTests",
      dependencies: [
        "ConformanceDriver", "Generation", "Identifiers", "Protobuf", "RPC", "TokenwireAPI",
        "TokenwireServer", "ToyTransport",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "ListeningTests",
      dependencies: [
        "Identifiers", "Listening", "RPC", "TTRPC", "TestCertificates", "TestServers", "TestTexts",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "TTRPCTests",
      dependencies: [
        "Identifiers", "Listening", "Protobuf", "RPC", "TTRPC", "TestCertificates", "TestClients",
        "TestServers",
        "TestTexts", "TestTimes",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOTestUtils", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "tokenwireTests",
      dependencies: [
        "Generation", "HTTPTransport", "Identifiers", "Listening", "LlamaGeneration", "RPC",
        "Recording", "RequestLog", "SQLite", "TTRPC", "TestCertificates", "TestHTTP",
        "TestPostgreSQL", "TestServers", "TestTexts", "TestTimes", "TokenwireAPI",
        "TokenwireClient",
        "TokenwireServer",
        "UpstreamGeneration", "tokenwire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings
    ),
  ],
  cxxLanguageStandard: .cxx17
)

if hasMongoDB {
  package.targets += [
    .systemLibrary(
      name: "CMongoC",
      pkgConfig: "libmongoc-1.0",
      providers: [.apt(["libmongoc-dev"])]
    ),
    .target(name: "CMongoLog"),
    .target(
      name: "MongoDB",
      dependencies: [
        "CMongoC", "CMongoLog", "Identifiers", .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "MongoRequestLog",
      dependencies: [
        "Concurrency", "Identifiers", "LogSearch", "MongoDB", "RequestLog",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings
    ),
    // A compatible server, for tests.
    .target(
      name: "TestMongoDB",
      dependencies: ["Concurrency", "Identifiers", "TestPrograms"],
      path: "Tests/TestMongoDB",
      exclude: ["environment", "proxy", "server"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "MongoRequestLogTests",
      dependencies: [
        "Identifiers", "MongoDB", "MongoRequestLog", "RequestLog", "TestLogStores", "TestMongoDB",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: settings
    ),
  ]
  // Their code for it is between #if MONGODB and #endif.
  for (name, dependencies) in [
    ("tokenwire", ["MongoRequestLog"]),
    ("LogCrashWriter", ["MongoRequestLog"]),
    ("LogStoreTests", ["MongoRequestLog", "TestMongoDB"]),
    ("tokenwireTests", ["TestMongoDB"]),
  ] {
    guard let target = package.targets.first(where: { $0.name == name }) else { continue }
    target.dependencies += dependencies.map { .target(name: $0) }
    target.swiftSettings = settings + [.define("MONGODB")]
  }
}
