import AccessTokens
import Generation
import Identifiers
import Listening
import Logging
import RPC
import RequestLog
import SQLiteRequestLog
import TestServers
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// A server that verifies tokens, and what is needed to make some.
struct Secured: Sendable {
  let endpoint: Endpoint
  let client: TokenwireClient
  let keys: KeyRing
  let keyFile: String
  let revocations: RevocationStore
  private let log: AsyncStream<LogEntries.Entry>

  /// - Parameters:
  ///   - keepsLog: whether the server has a request log in a file.
  ///   - logConfiguration: how that works.
  ///   - store: a log that the server has instead.
  ///   - interceptors: what calls go through before access control.
  static func with(
    keepsLog: Bool = false,
    logConfiguration: SQLiteLogStore.Configuration = .init(),
    store: (any LogStore)? = nil,
    interceptors: [any ServerInterceptor] = [],
    change: @escaping @Sendable (inout AccessRules) -> Void = { _ in },
    _ body: @escaping @Sendable (Secured) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let keyFile = folder + "/keys"
      let keys = try KeyRing.create(path: keyFile)
      let revocations = try RevocationStore(path: folder + "/revoked")
      var rules = AccessRules(keys: keys, revocations: [revocations], anonymousLimits: .none)
      change(&rules)
      let (log, entries) = AsyncStream.makeStream(of: LogEntries.Entry.self)
      let logger = Logger(label: "test", factory: { _ in LogEntries(entries) })
      let generator = ScriptedGenerator(Script("one two three", repeats: true))
      let requestLog: (any LogStore)? =
        keepsLog
        ? try await SQLiteLogStore.open(
          path: folder + "/log",
          configuration: logConfiguration,
          logger: .silent
        ) : store
      try await withEndpoint(
        of: generator,
        rules: rules,
        log: requestLog,
        interceptors: interceptors,
        logger: logger
      ) { endpoint in
        try await withClient(of: endpoint) { client in
          try await body(
            Secured(
              endpoint: endpoint,
              client: client,
              keys: keys,
              keyFile: keyFile,
              revocations: revocations,
              log: log
            )
          )
        }
      }
      await requestLog?.close()
    }
  }

  func token(
    for user: Identifier,
    scopes: Scopes? = [.generate]
  ) throws -> String {
    try TokenIssuer(keys: self.keys).issue(for: user, scopes: scopes, lifetime: .seconds(60)).text
  }

  func bearing(_ token: String, scheme: String = "Bearer") -> CallOptions {
    CallOptions(metadata: ["authorization": "\(scheme) \(token)"])
  }

  func generate(with token: String) async throws(CallError) -> [GenerateResponse] {
    try await self.client.api
      .secureGenerate(SecureGenerateTests.request(), options: self.bearing(token)).collect()
  }

  /// Expects `SecureGenerate` to fail with `error`.
  func expect(
    _ error: CallError,
    _ token: String?,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    let options = token.map { self.bearing($0) } ?? CallOptions()
    await self.expect(error, options: options, sourceLocation: sourceLocation)
  }

  func expect(
    _ error: CallError,
    options: CallOptions,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    await #expect(throws: error, sourceLocation: sourceLocation) {
      _ = try await self.client.api
        .secureGenerate(SecureGenerateTests.request(), options: options).collect()
    }
  }

  func nextLogEntry() async -> LogEntries.Entry? {
    await self.log.first { _ in true }
  }
}
