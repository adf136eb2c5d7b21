import GRPCCore

@Sendable func emptyUnary(_ client: Client) async throws {
  let response = try await client.unary(.emptyCall, .empty).message
  try expect("size of the response", response.bytes.count, is: 0)
}

@Sendable func largeUnary(_ client: Client) async throws {
  try await client.callLarge()
}

@Sendable func clientCompressedUnary(_ client: Client) async throws {
  try await client.callLarge(options: .patient.compressed)
  try await client.callLarge()
}

/// Beyond the description: a client tells the time that is left in a unit that fits its length.
@Sendable func unaryWithDeadline(_ client: Client) async throws {
  let day = Duration.seconds(24 * 60 * 60)
  for time in [Client.patience, .seconds(60 * 60), day * 30, day * 365 * 10] {
    try await client.callLarge(options: .ending(after: time))
  }
}

@Sendable func unimplementedMethod(_ client: Client) async throws {
  try await expectError(.unimplemented) {
    _ = try await client.unary(.unimplementedCall, .empty).message
  }
}

@Sendable func unimplementedService(_ client: Client) async throws {
  try await expectError(.unimplemented) {
    _ = try await client.unary(.callOfUnimplementedService, .empty).message
  }
}

extension Client {
  @discardableResult
  func callLarge(
    metadata: Metadata = [:],
    options: CallOptions = .patient
  ) async throws -> ClientResponse<Fields> {
    let response = try await self.unary(.unaryCall, .large, metadata: metadata, options: options)
    try expectZeros(response.message, Sizes.largeResponse)
    return response
  }
}
