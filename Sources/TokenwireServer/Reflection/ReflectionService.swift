internal import Identifiers
internal import NIOCore
internal import RPC
internal import TokenwireAPI

/// The handler of `grpc.reflection.v1.ServerReflection`: tells tools, which have no protos, what the
/// server offers.
struct ReflectionService: ServerReflectionService {
  private let index: ReflectionIndex
  /// In the order of their names.
  private let services: [Identifier]
  private let status: HealthStatus

  private static let versions = [
    ServerReflectionMethod.service, ServerReflectionMethod.alphaService,
  ]

  /// - Parameters:
  ///   - services: the names of all other services of the server.
  ///   - status: streams end when the server drains.
  init(
    of services: [Identifier],
    _ status: HealthStatus,
    index: ReflectionIndex = ReflectionIndex()
  ) {
    self.services = (services + Self.versions).sorted()
    self.status = status
    self.index = index
  }

  /// What a server needs to offer both versions, whose messages are the same on the wire.
  var definitions: [ServiceDefinition] {
    let methods = self.definition.methods
    return Self.versions.map { ServiceDefinition(name: $0, methods: methods) }
  }

  /// As with `Watch` of health, a caller that keeps its stream open must not delay the shutdown by
  /// the whole grace period.
  func serverReflectionInfo(
    _ requests: RequestStream<ServerReflectionRequest>,
    response: ResponseWriter<ServerReflectionResponse>,
    context: CallContext
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.answer(requests, response) }
      group.addTask {
        for await _ in self.status.phases() {}
        try Task.checkCancellation()
        throw CallError.endedByShutdown
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func answer(
    _ requests: RequestStream<ServerReflectionRequest>,
    _ response: ResponseWriter<ServerReflectionResponse>
  ) async throws(CallError) {
    var sent: Set<ReflectionIndex.FileID> = []
    for try await request in requests {
      try await response.write(
        ServerReflectionResponse(
          validHost: request.host,
          originalRequest: request,
          messageResponse: self.answer(request.messageRequest, sent: &sent)
        )
      )
    }
  }

  /// Errors are responses, too, so that the stream goes on.
  private func answer(
    _ request: ServerReflectionRequest.MessageRequest?,
    sent: inout Set<ReflectionIndex.FileID>
  ) -> ServerReflectionResponse.MessageResponse {
    switch request {
    case .fileByFilename(let name):
      return self.files(self.index.file(named: Identifier(name)), sent: &sent)
        ?? .error(.notFound, "no file here is named \(Self.quoted(name))")
    case .fileContainingSymbol(let symbol):
      return self.files(self.index.file(defining: Identifier(symbol)), sent: &sent)
        ?? .error(.notFound, "no file here defines \(Self.quoted(symbol))")
    case .fileContainingExtension(let wanted):
      let message = Self.quoted(wanted.containingType)
      return .error(.notFound, "\(message) has no extension \(wanted.extensionNumber) here")
    case .allExtensionNumbersOfType(let message):
      // No proto here has extensions.
      guard self.index.file(defining: Identifier(message)) != nil else {
        return .error(.notFound, "no file here defines \(Self.quoted(message))")
      }
      return .allExtensionNumbersResponse(.init(baseTypeName: message))
    case .listServices:
      return .listServicesResponse(.init(service: self.services.map { .init(name: $0.text) }))
    case nil:
      return .error(
        .invalidArgument,
        "the request asks for nothing: set a field of message_request"
      )
    }
  }

  private func files(
    _ file: ReflectionIndex.FileID?,
    sent: inout Set<ReflectionIndex.FileID>
  ) -> ServerReflectionResponse.MessageResponse? {
    file.map {
      let descriptors = self.index.descriptors(of: $0, sent: &sent)
      return .fileDescriptorResponse(.init(fileDescriptorProto: descriptors))
    }
  }

  /// In scalars: longer names are cut, because the response has the whole request anyway.
  private static let longest = 200

  private static func quoted(_ name: String) -> String {
    let short = String(name.unicodeScalars.prefix(self.longest))
    return short.utf8.count == name.utf8.count ? "\"\(name)\"" : "\"\(short)...\""
  }
}

extension ServerReflectionResponse.MessageResponse {
  fileprivate static func error(_ code: CallError.Code, _ message: String) -> Self {
    .errorResponse(.init(errorCode: code.rawValue, errorMessage: message))
  }
}

extension ServerReflectionMethod {
  /// The older version of the service, which tools ask for when they do not know the newer one.
  static let alphaService: Identifier = "grpc.reflection.v1alpha.ServerReflection"
  static let alphaServerReflectionInfo = MethodDescriptor(
    service: alphaService,
    method: "ServerReflectionInfo"
  )
}
