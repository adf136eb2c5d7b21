import ArgumentParser
import Foundation
import Identifiers
import Listening
import Logging
import RPC
import TTRPC
import TokenwireAPI

/// Serves `LogRequest` without a log: what the call alone costs. Prints the address that it has.
struct Serve: AsyncParsableCommand {
  func run() async throws {
    let service = ServiceDefinition(
      name: "tokenwire.v1.Tokenwire",
      methods: [
        "LogRequest": .unary { (_: LogRequestRequest, _) in
          LogRequestResponse(
            message: "Request logged successfully",
            id: "01M87AM8CJ47XZ9SB80R4XR7KW",
            timestampUnixMicros: 1_795_546_583_577_394,
            durability: .synced
          )
        }
      ]
    )
    let server = RPCServer(
      endpoint: Endpoint(host: "127.0.0.1", port: 0),
      services: [service],
      logger: Logger(label: "serve")
    )
    try await server.run { endpoint in
      try? FileHandle.standardOutput.write(contentsOf: Data("\(endpoint)\n".utf8))
    }
  }
}
