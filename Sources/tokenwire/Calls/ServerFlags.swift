import ArgumentParser
import Foundation
import Identifiers
import Listening
import RPC
import TTRPC
import TokenwireClient

/// Which server a command calls.
struct ServerFlags: ParsableArguments {
  @Option(
    name: .customLong("server"),
    help: """
      Where the server listens, host:port or unix:/path. (default: $TOKENWIRE_SERVER, else where a \
      server with these variables would listen: $TOKENWIRE_LISTEN, else 127.0.0.1:7437)
      """,
    transform: { try Endpoint(flag: $0) }
  )
  var givenEndpoint: Endpoint?

  @OptionGroup(title: "TLS options")
  var tls: TLSFlags

  /// - Throws: when the variable's value is not an endpoint.
  var endpoint: Endpoint {
    get throws {
      if let givenEndpoint { return givenEndpoint }
      guard let text = Variable.server.value else {
        return Self.own ?? Endpoint(host: "127.0.0.1", port: 7437)
      }
      guard let endpoint = Endpoint(text) else {
        throw ValidationError(
          """
          \(Variable.server.rawValue) is "\(text)", but must be host:port, such as 127.0.0.1:7437, or \
          unix:/path
          """
        )
      }
      return endpoint
    }
  }

  /// Where a server of this environment listens, as in a container; nil when the environment does not
  /// tell.
  private static var own: Endpoint? {
    guard let text = Settings.served.listen.environmentValue, let endpoint = Endpoint(text) else {
      return nil
    }
    guard case .tcp(let host, let port) = endpoint else { return endpoint }
    // Any free port is not to be known.
    guard port != 0 else { return nil }
    // All addresses of the machine are none to connect to.
    return switch Identifier(host) {
    case "0.0.0.0": Endpoint(host: "127.0.0.1", port: port)
    case "::": Endpoint(host: "::1", port: port)
    default: endpoint
    }
  }

  /// - Parameters:
  ///   - token: the access token that is sent with each call; nil is none.
  ///   - timeout: how long connecting may take.
  /// - Throws: `CommandFailure` when the server cannot be reached.
  func connect(token: String? = nil, timeout: Duration? = nil) async throws -> TokenwireClient {
    let endpoint = try self.endpoint
    let tls = try self.tls.clientTLS()
    let begin = ContinuousClock.now
    var options = ClientOptions()
    if let timeout { options.connectTimeout = min(timeout, options.connectTimeout) }
    do throws(CallError) {
      return try await TokenwireClient.connect(
        to: endpoint,
        token: token,
        tls: tls,
        options: options
      )
    } catch {
      if let timeout, .now - begin >= timeout {
        throw CommandFailure(.deadlineExceeded(timeout), hasToken: token != nil)
      }
      throw CommandFailure(error, hasToken: token != nil)
    }
  }
}
