import Identifiers
import Listening
import ServiceLifecycleTestKit
import TokenwireServer

/// A whole server while it runs.
struct RunningServer: Sendable {
  let address: Endpoint
  /// The names of the models, each time that the server says it is ready.
  let ready: AsyncStream<[Identifier]>
  let stop: @Sendable () -> Void

  /// Runs `server` and `body` beside it, tells it to stop as SIGTERM does, and waits until it does.
  static func with<Result: Sendable>(
    _ server: TokenwireServer,
    _ body: @escaping @Sendable (RunningServer) async throws -> Result
  ) async throws -> Result {
    let (addresses, listening) = AsyncStream.makeStream(of: Endpoint.self)
    let (ready, isReady) = AsyncStream.makeStream(of: [Identifier].self)
    return try await testGracefulShutdown { trigger in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          defer {
            listening.finish()
            isReady.finish()
          }
          try await server.run(
            onListening: { listening.yield($0) },
            onReady: { isReady.yield($1) }
          )
        }
        for await address in addresses {
          let stop = { @Sendable in trigger.triggerGracefulShutdown() }
          let result = try await body(RunningServer(address: address, ready: ready, stop: stop))
          stop()
          try await group.waitForAll()
          return result
        }
        try await group.waitForAll()
        throw CancellationError()
      }
    }
  }
}
