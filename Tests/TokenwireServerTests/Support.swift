import Foundation
import GRPCTransport
import Generation
import HTTPAPI
import HTTPTransport
import Identifiers
import Listening
import Logging
import RPC
import RequestLog
import TTRPC
import TestClients
import TestServers
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// Runs a server with a scripted generator, and a client of it, for as long as `body` runs.
func withService<Result: Sendable>(
  _ generator: any TextGenerator = ScriptedGenerator(Script("one two three", repeats: true)),
  options: ClientOptions = .patient,
  _ body: @escaping @Sendable (TokenwireClient) async throws -> Result
) async throws -> Result {
  try await withEndpoint(of: generator) {
    try await withClient(of: $0, options: options, body)
  }
}

func withEndpoint<Result: Sendable>(
  of generator: any TextGenerator,
  rules: AccessRules = AccessRules(anonymousLimits: .none),
  log: (any LogStore)? = nil,
  interceptors: [any ServerInterceptor] = [],
  metrics: GenerationMetrics = GenerationMetrics(),
  logger: Logger = .silent,
  _ body: @escaping @Sendable (Endpoint) async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Void.self) { group in
    // On demand: the first request waits until the generator runs.
    let models = ModelCatalog(
      [ModelSource(generator.model.id) { generator }],
      ModelLoading(begin: .demand),
      logger: logger
    )
    group.addTask { try await models.slots[0].run {} }
    defer { group.cancelAll() }
    let service = GenerationService(
      models: models,
      log: log,
      metrics: metrics,
      logger: logger
    )
    let access = AccessControl(rules, keepsLog: log != nil, logger: logger)
    return try await withEndpoint(
      of: service.definition,
      interceptors + [access],
      api: HTTPAPI(allowsAnonymous: rules.allowsAnonymous),
      body
    )
  }
}

func withEndpoint<Result: Sendable>(
  of service: ServiceDefinition,
  _ interceptors: [any ServerInterceptor] = [],
  api: HTTPAPI = HTTPAPI(allowsAnonymous: true),
  _ body: @escaping @Sendable (Endpoint) async throws -> Result
) async throws -> Result {
  let server = RPCServer(
    endpoint: .anyPort,
    services: [service],
    interceptors: interceptors,
    transports: [
      TTRPCTransport(), HTTPTransport(api.groups(), streamProtocols: [GRPCTransport()]),
    ],
    tls: nil,
    limits: CallLimits(),
    connectionLimits: ConnectionLimits(),
    timeouts: .patient,
    logger: .silent
  )
  return try await withEndpoint(of: server, body)
}

func withClient<Result>(
  of endpoint: Endpoint,
  options: ClientOptions = .patient,
  _ body: (TokenwireClient) async throws -> Result
) async throws -> Result {
  let client = try await TokenwireClient.connect(to: endpoint, options: options)
  do {
    let result = try await body(client)
    await client.close()
    return result
  } catch {
    await client.close()
    throw error
  }
}

extension ResponseStream {
  func collect() async throws(CallError) -> [Element] {
    var responses: [Element] = []
    for try await response in self { responses.append(response) }
    return responses
  }
}

extension GenerateResponse {
  var text: String {
    if case .delta(let delta) = self.event { delta.text } else { "" }
  }

  var tokenIDs: [Int32] {
    if case .delta(let delta) = self.event { delta.tokenIDs } else { [] }
  }

  var started: Started? {
    if case .started(let started) = self.event { started } else { nil }
  }

  var finished: Finished? {
    if case .finished(let finished) = self.event { finished } else { nil }
  }
}

/// Says one word, and then fails.
struct FailingGenerator: TextGenerator {
  let error: GenerationError
  let model = ModelDescription(
    id: "m",
    description: "",
    parameters: 0,
    sizeBytes: 0,
    contextLength: 1000
  )

  func generate(_ request: GenerationRequest) async throws(GenerationError) -> GenerationEvents {
    let buffer = EventBuffer(capacity: 4) {}
    buffer.push(.delta(GenerationDelta(text: "text")))
    buffer.finish(throwing: self.error)
    return buffer.events()
  }

  func countTokens(
    _ input: GenerationInput,
    requester: Requester
  ) async throws(GenerationError) -> Int {
    throw self.error
  }

  func run() async {
    // A sleep that is cancelled is what the protocol asks for.
    try? await Task.sleep(for: .seconds(1_000_000))
  }
}

extension UserLimits {
  /// As good as none: for tests of other things.
  static let none = UserLimits(
    requestsPerMinute: 1_000_000_000,
    tokensPerMinute: 1_000_000_000,
    streams: 1_000_000
  )
}

/// A folder of its own for as long as `body` runs.
func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(folder.path)
}
