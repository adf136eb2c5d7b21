import GRPCCore

@Sendable func clientStreaming(_ client: Client) async throws {
  try await client.sendStream(Sizes.requests)
}

/// grpc-swift compresses all messages of a call or none, so this is not one of each as in the
/// description.
@Sendable func clientCompressedStreaming(_ client: Client) async throws {
  try await client.sendStream([27182, 45904], options: .patient.compressed)
}

@Sendable func serverStreaming(_ client: Client) async throws {
  let request = Fields.asking(forResponses: Sizes.responses, payload: 0)
  try await client.serverStreaming(.streamingOutputCall, request) { response in
    var count = 0
    for try await message in response.messages {
      guard count < Sizes.responses.count else { throw Failure("there are too many responses") }
      try expectZeros(message, Sizes.responses[count])
      count += 1
    }
    try expect("number of responses", count, is: Sizes.responses.count)
  }
}

@Sendable func pingPong(_ client: Client) async throws {
  try await client.exchange(Array(zip(Sizes.requests, Sizes.responses)))
}

@Sendable func emptyStream(_ client: Client) async throws {
  try await client.exchange([])
}

extension Client {
  /// Sends requests of these sizes, and expects that the service has received them.
  fileprivate func sendStream(_ sizes: [Int], options: CallOptions = .patient) async throws {
    let response = try await self.clientStreaming(.streamingInputCall, options: options) {
      requests in
      for size in sizes { try await requests.write(.input(size)) }
    }
    let sum = try response.message.integer(1)
    try expect("size of all requests", sum, is: sizes.reduce(0, +))
  }

  /// Sends each request after the response to the one before, and ends the stream after the last.
  ///
  /// - Returns: the metadata of the call's begin and end.
  @discardableResult
  func exchange(
    _ sizes: [(request: Int, response: Int)],
    metadata: Metadata = [:]
  ) async throws -> (initial: Metadata, trailing: Metadata) {
    let (requests, next) = AsyncStream.makeStream(of: Fields.self)
    @Sendable func send(_ index: Int) {
      guard index < sizes.count else { return next.finish() }
      next.yield(.asking(forResponses: [sizes[index].response], payload: sizes[index].request))
    }
    @Sendable func write(to writer: RPCWriter<Fields>) async throws {
      for await request in requests { try await writer.write(request) }
    }
    send(0)
    return try await self.bidirectionalStreaming(
      .fullDuplexCall,
      metadata: metadata,
      requests: write(to:)
    ) { response in
      var count = 0
      var trailing = Metadata()
      for try await part in response.bodyParts {
        switch part {
        case .message(let message):
          guard count < sizes.count else { throw Failure("there are too many responses") }
          try expectZeros(message, sizes[count].response)
          count += 1
          send(count)
        case .trailingMetadata(let metadata):
          trailing = metadata
        }
      }
      try expect("number of responses", count, is: sizes.count)
      return (response.metadata, trailing)
    }
  }
}
