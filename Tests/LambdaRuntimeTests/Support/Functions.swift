import Listening
import Logging
import Testing

@testable import LambdaRuntime

/// A function with a fake Runtime API and a fake server; it stops with the body.
func withFunction(
  _ configuration: LambdaRuntime.Configuration = LambdaRuntime.Configuration(),
  isReady: Bool = true,
  server answer: @escaping @Sendable (FakeServer.Request) async -> [FakeServer.Step],
  _ body: (FakeRuntimeAPI, LambdaRuntime) async throws -> Void
) async throws {
  let api = try await FakeRuntimeAPI.start()
  let server = try await FakeServer.start(answer)
  let runtime = try function(configuration, api, server.endpoint)
  if isReady { runtime.becomeReady() }
  try await withThrowingTaskGroup { group in
    group.addTask { try await runtime.run() }
    try await body(api, runtime)
    runtime.stop()
    try await group.waitForAll()
  }
  await server.stop()
  await api.server.stop()
}

func function(
  _ configuration: LambdaRuntime.Configuration,
  _ api: FakeRuntimeAPI,
  _ server: Endpoint
) throws -> LambdaRuntime {
  LambdaRuntime(
    try #require(RuntimeAPI("\(api.server.endpoint)")),
    server: FunctionServer(at: server, addressField: "x-address", timeoutField: "x-timeout"),
    configuration,
    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  )
}

/// An event of a function URL.
func event(
  _ method: String = "POST",
  _ path: String = "/generate",
  body: String = "{}"
) -> String {
  """
  {"version": "2.0", "rawPath": "\(path)", "rawQueryString": "",
   "headers": {"content-type": "application/json", "host": "a.lambda-url.eu-west-1.on.aws"},
   "requestContext": {"http": {"method": "\(method)", "path": "\(path)", "sourceIp": "203.0.113.7"}},
   "body": "\(body.replacing("\"", with: "\\\""))", "isBase64Encoded": false}
  """
}
