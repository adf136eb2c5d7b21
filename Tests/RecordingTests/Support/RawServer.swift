import Listening
import NIOCore
import TestServers

/// Runs a server that serves each connection with `serve`, for as long as `body` runs.
func withRawServer<Result: Sendable>(
  on endpoint: Endpoint = .anyPort,
  _ serve: @escaping @Sendable (ByteConnection) async throws -> Void,
  _ body: @escaping @Sendable (Endpoint) async throws -> Result
) async throws -> Result {
  try await withEndpoint(
    of: { listening in
      let (listener, address) = try await endpoint.listenForBytes(tls: nil)
      try await listener.executeThenClose { connections in
        try await withThrowingDiscardingTaskGroup { group in
          listening(address)
          for try await connection in connections {
            group.addTask {
              // How a connection ends is the test's to see.
              try? await serve(connection)
            }
          }
        }
      }
    },
    body
  )
}

/// A server that sends back what it gets.
func withEchoServer<Result: Sendable>(
  _ body: @escaping @Sendable (Endpoint) async throws -> Result
) async throws -> Result {
  try await withRawServer(
    { connection in
      try await connection.executeThenClose { inbound, outbound in
        for try await chunk in inbound { try await outbound.write(chunk) }
        outbound.finish()
      }
    },
    body
  )
}

actor Counter {
  private(set) var count = 0

  func add(_ number: Int) { self.count += number }
}
