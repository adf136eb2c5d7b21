import Generation
import Identifiers
import Listening
import NIOCore
import Protobuf
import RPC
import TTRPC
import TestClients
import TestServers
import Testing
import TokenwireAPI

@testable import TokenwireServer

@Suite struct ReflectionServiceTests {
  typealias Request = ServerReflectionRequest.MessageRequest
  typealias Response = ServerReflectionResponse.MessageResponse

  private let status = HealthStatus()

  private var service: ReflectionService {
    ReflectionService(of: [TokenwireMethod.service, HealthMethod.service], self.status)
  }

  /// Offers one version of the service over the native wire.
  private func withReflection<Result: Sendable>(
    _ definition: ServiceDefinition? = nil,
    _ body: @escaping @Sendable (RPCClient) async throws -> Result
  ) async throws -> Result {
    try await withEndpoint(of: definition ?? self.service.definition) { endpoint in
      let client = try await RPCClient.connect(to: endpoint, options: .patient)
      do {
        let result = try await body(client)
        await client.close()
        return result
      } catch {
        await client.close()
        throw error
      }
    }
  }

  /// The answers on one stream.
  private func answers(to requests: Request?...) async throws -> [Response?] {
    try await self.withReflection { client in
      try await ServerReflectionStub(client).serverReflectionInfo {
        for request in requests { try await $0.write(.init(messageRequest: request)) }
      } receive: { responses in
        var answers: [Response?] = []
        for try await response in responses { answers.append(response.messageResponse) }
        return answers
      }
    }
  }

  private static let services = ReflectionListServiceResponse(
    service: [
      .init(name: "grpc.health.v1.Health"), .init(name: "grpc.reflection.v1.ServerReflection"),
      .init(name: "grpc.reflection.v1alpha.ServerReflection"),
      .init(name: "tokenwire.v1.Tokenwire"),
    ]
  )

  private static func descriptor(_ name: Identifier) throws -> ByteBuffer {
    try #require(ProtoFile.all.first { $0.name == name }).descriptor
  }

  @Test func `a stream answers each request`() async throws {
    let answers = try await self.answers(
      to: .listServices(""),
      .fileByFilename("grpc/health/v1/health.proto"),
      .fileContainingSymbol("tokenwire.v1.Tokenwire"),
      .allExtensionNumbersOfType("tokenwire.v1.Model")
    )
    let health = try Self.descriptor("grpc/health/v1/health.proto")
    let tokenwire = try Self.descriptor("tokenwire/v1/tokenwire.proto")
    #expect(
      answers == [
        .listServicesResponse(Self.services),
        .fileDescriptorResponse(.init(fileDescriptorProto: [health])),
        .fileDescriptorResponse(.init(fileDescriptorProto: [tokenwire])),
        .allExtensionNumbersResponse(.init(baseTypeName: "tokenwire.v1.Model")),
      ]
    )
  }

  static let unanswerable: [(Request?, ReflectionErrorResponse)] = [
    (
      .fileByFilename("health.proto"),
      .init(errorCode: 5, errorMessage: #"no file here is named "health.proto""#)
    ),
    (
      .fileContainingSymbol("tokenwire.v1.Nope"),
      .init(errorCode: 5, errorMessage: #"no file here defines "tokenwire.v1.Nope""#)
    ),
    (
      .fileContainingExtension(.init(containingType: "tokenwire.v1.Model", extensionNumber: 7)),
      .init(errorCode: 5, errorMessage: #""tokenwire.v1.Model" has no extension 7 here"#)
    ),
    (
      .allExtensionNumbersOfType("Nope"),
      .init(errorCode: 5, errorMessage: #"no file here defines "Nope""#)
    ),
    (
      nil,
      .init(
        errorCode: 3,
        errorMessage: "the request asks for nothing: set a field of message_request"
      )
    ),
  ]

  @Test(arguments: unanswerable)
  func `an error is an answer, after which the stream goes on`(
    request: Request?,
    error: ReflectionErrorResponse
  ) async throws {
    let answers = try await self.answers(to: request, request)
    #expect(answers == [.errorResponse(error), .errorResponse(error)])
  }

  @Test func `a long name is not repeated in the error`() async throws {
    let name = String(repeating: "é", count: 100_000)
    for case .errorResponse(let error) in try await self.answers(to: .fileByFilename(name)) {
      #expect(error.errorMessage.utf8.count < 500)
    }
  }

  @Test func `a response has its request, and the host of that`() async throws {
    let request = ServerReflectionRequest(host: "h", messageRequest: .listServices("*"))
    let response = try await self.withReflection { client in
      try await ServerReflectionStub(client).serverReflectionInfo {
        try await $0.write(request)
      } receive: { responses in
        try await responses.first { _ in true }
      }
    }
    #expect(response?.validHost == "h")
    #expect(response?.originalRequest == request)
  }

  @Test func `the older version answers the same`() async throws {
    let older = try #require(self.service.definitions.last)
    #expect(older.name == "grpc.reflection.v1alpha.ServerReflection")
    let name = "grpc/reflection/v1alpha/reflection.proto"
    let response = try await self.withReflection(older) { client in
      try await client.bidirectionalStreaming(
        ServerReflectionMethod.alphaServerReflectionInfo
      ) { (requests: RequestWriter<ServerReflectionRequest>) in
        try await requests.write(.init(messageRequest: .fileByFilename(name)))
      } receive: { (responses: ResponseStream<ServerReflectionResponse>) in
        try await responses.first { _ in true }
      }
    }
    let descriptor = try Self.descriptor(Identifier(name))
    #expect(
      response?.messageResponse
        == .fileDescriptorResponse(.init(fileDescriptorProto: [descriptor]))
    )
  }

  @Test func `an open stream ends when the server drains`() async throws {
    await #expect(throws: CallError.endedByShutdown) {
      try await self.withReflection { client in
        try await ServerReflectionStub(client).serverReflectionInfo {
          try await $0.write(.init(messageRequest: .listServices("")))
          try await Task.sleep(for: .seconds(3_600))  // Until the call has ended.
        } receive: { responses in
          for try await _ in responses { self.status.advance(to: .draining) }
        }
      }
    }
  }

  @Test func `a whole server tells of its services, and open streams do not hold up its end`()
    async throws
  {
    let server = TokenwireServer(
      listen: .anyPort,
      transports: [TTRPCTransport()],
      timeouts: .patient,
      shutdownGracePeriod: .seconds(3_600),
      logger: .silent,
      models: [ModelSource("scripted") { ScriptedGenerator(Script("one")) }]
    )
    try await RunningServer.with(server) { server in
      let client = try await RPCClient.connect(to: server.address, options: .patient)
      await #expect(throws: CallError.endedByShutdown) {
        try await ServerReflectionStub(client).serverReflectionInfo {
          try await $0.write(.init(messageRequest: .listServices("")))
          try await Task.sleep(for: .seconds(3_600))  // Until the call has ended.
        } receive: { responses in
          for try await response in responses {
            #expect(response.messageResponse == .listServicesResponse(Self.services))
            server.stop()
          }
        }
      }
      await client.close()
    }
  }
}
