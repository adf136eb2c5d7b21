import Foundation
import GRPCTransport
import HTTPTransport
import Listening
import Logging
import RPC

/// Serves gRPC's test service on any free port of this machine until it is killed.
@main
struct GRPCInteropServer {
  static func main() async throws {
    let server = RPCServer(
      endpoint: Endpoint(host: "127.0.0.1", port: 0),
      services: [TestService.definition],
      transports: [HTTPTransport([], streamProtocols: [GRPCTransport()])],
      tls: nil,
      limits: CallLimits(),
      connectionLimits: ConnectionLimits(),
      timeouts: ConnectionTimeouts(),
      logger: Logger(label: "interop", factory: { _ in SwiftLogNoOpLogHandler() })
    )
    try await server.run { endpoint in
      print("ready on \(endpoint)")
      // Standard output may be a pipe.
      fflush(nil)
    }
  }
}
