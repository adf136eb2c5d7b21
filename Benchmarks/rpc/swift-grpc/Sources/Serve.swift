import ArgumentParser
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2

struct Serve: AsyncParsableCommand {
  @Argument(help: "Between two tokens of a stream, in microseconds.")
  var pace = 0

  func run() async throws {
    let server = GRPCServer(
      transport: .http2NIOPosix(
        address: .ipv4(host: "127.0.0.1", port: 0),
        transportSecurity: .plaintext
      ),
      services: [Service(pace: .microseconds(self.pace))]
    )
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { try await server.serve() }
      guard let address = try await server.listeningAddress?.ipv4 else { throw ExitCode.failure }
      let line = "listening on \(address.host):\(address.port)\n"
      try FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
    }
  }
}

struct Service: Tokenwire_V1_Tokenwire.SimpleServiceProtocol {
  var pace: Duration

  func countTokens(
    request: Tokenwire_V1_CountTokensRequest,
    context: ServerContext
  ) async throws -> Tokenwire_V1_CountTokensResponse {
    .with { $0.tokens = 2 }
  }

  func generate(
    request: Tokenwire_V1_GenerateRequest,
    response: RPCWriter<Tokenwire_V1_GenerateResponse>,
    context: ServerContext
  ) async throws {
    try await response.write(
      .with {
        $0.started = .with {
          $0.generationID = "0123456789abcdef"
          $0.model = "scripted"
          $0.promptTokens = 2
        }
      }
    )
    var next = ContinuousClock.now
    for index in 1 ... request.maxTokens {
      if self.pace > .zero {
        next += self.pace
        try await Task.sleep(until: next, tolerance: .zero)
      }
      try await response.write(
        .with {
          $0.seq = UInt64(index)
          $0.completionTokens = index
          $0.delta = .with {
            $0.text = " quick"
            $0.tokenIds = [index % 9]
          }
        }
      )
    }
    try await response.write(
      .with {
        $0.seq = UInt64(request.maxTokens) + 1
        $0.finished = .with {
          $0.finishReason = .length
          $0.usage = .with {
            $0.promptTokens = 2
            $0.completionTokens = request.maxTokens
          }
        }
      }
    )
  }
}

// No load calls these.
extension Service {
  private var unimplemented: RPCError { RPCError(code: .unimplemented, message: "not measured") }

  func secureGenerate(
    request: Tokenwire_V1_GenerateRequest,
    response: RPCWriter<Tokenwire_V1_GenerateResponse>,
    context: ServerContext
  ) async throws { throw self.unimplemented }

  func logRequest(
    request: Tokenwire_V1_LogRequestRequest,
    context: ServerContext
  ) async throws -> Tokenwire_V1_LogRequestResponse { throw self.unimplemented }

  func queryLogs(
    request: Tokenwire_V1_QueryLogsRequest,
    response: RPCWriter<Tokenwire_V1_LogEntry>,
    context: ServerContext
  ) async throws { throw self.unimplemented }

  func eraseLogs(
    request: Tokenwire_V1_EraseLogsRequest,
    context: ServerContext
  ) async throws -> Tokenwire_V1_EraseLogsResponse { throw self.unimplemented }

  func listModels(
    request: Tokenwire_V1_ListModelsRequest,
    context: ServerContext
  ) async throws -> Tokenwire_V1_ListModelsResponse { throw self.unimplemented }

  func detokenize(
    request: Tokenwire_V1_DetokenizeRequest,
    context: ServerContext
  ) async throws -> Tokenwire_V1_DetokenizeResponse { throw self.unimplemented }

  func abort(
    request: Tokenwire_V1_AbortRequest,
    context: ServerContext
  ) async throws -> Tokenwire_V1_AbortResponse { throw self.unimplemented }
}
