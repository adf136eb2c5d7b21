import ArgumentParser
import FrameRPC
import TokenwireClient

/// Which server a command calls.
struct ServerFlags: ParsableArguments {
  @Option(
    name: .customLong("server"),
    help: "Where the server listens, host:port or unix:/path.",
    transform: { try Endpoint(flag: $0) }
  )
  var endpoint = Endpoint(host: "127.0.0.1", port: 7437)

  @OptionGroup(title: "TLS options")
  var tls: TLSFlags

  /// - Parameter token: the access token that travels with each call; nil is none.
  func connect(token: String? = nil) async throws(CallError) -> TokenwireClient {
    let tls: ClientTLS?
    do {
      tls = try self.tls.clientTLS()
    } catch {
      throw CallError(.invalidArgument, error.message)
    }
    return try await TokenwireClient.connect(to: self.endpoint, token: token, tls: tls)
  }
}
