import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// One of gRPC's interoperability test cases, or a generation, with grpc-swift-2's client:
///
///     interop-swift ADDRESS CASE
///
/// When an expectation fails, it tells which and exits with 1. The cases of gRPC are those of
/// https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md, each with a deadline,
/// and without what asks whether the server compresses or has seen that a client does.
@main
struct InteropSwift {
  static let cases: [String: @Sendable (Client) async throws -> Void] = [
    "empty_unary": emptyUnary,
    "large_unary": largeUnary,
    "client_compressed_unary": clientCompressedUnary,
    "client_streaming": clientStreaming,
    "client_compressed_streaming": clientCompressedStreaming,
    "server_streaming": serverStreaming,
    "ping_pong": pingPong,
    "empty_stream": emptyStream,
    "custom_metadata": customMetadata,
    "status_code_and_message": statusCodeAndMessage,
    "special_status_message": specialStatusMessage,
    "unimplemented_method": unimplementedMethod,
    "unimplemented_service": unimplementedService,
    "cancel_after_begin": cancelAfterBegin,
    "cancel_after_first_response": cancelAfterFirstResponse,
    "timeout_on_sleeping_server": timeoutOnSleepingServer,
    "unary_with_deadline": unaryWithDeadline,
    "generate": generate,
    "generate_cancelled": generateCancelled,
  ]

  static func main() async {
    do {
      let arguments = CommandLine.arguments
      guard arguments.count == 3 else { throw Failure("usage: interop-swift ADDRESS CASE") }
      guard let run = self.cases[arguments[2]] else {
        throw Failure("there is no case \"\(arguments[2])\"")
      }
      let address = arguments[1].split(separator: ":")
      guard address.count == 2, let port = Int(address[1]) else {
        throw Failure("\(arguments[1]) is not HOST:PORT")
      }
      try await withGRPCClient(
        transport: .http2NIOPosix(
          target: .ipv4(address: String(address[0]), port: port),
          transportSecurity: .plaintext,
          // Without this, calls that ask for compression are sent without it.
          config: .defaults { $0.compression.enabledAlgorithms = .gzip }
        )
      ) { client in
        try await run(Client(client: client))
      }
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }
}
