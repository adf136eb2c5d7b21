import GRPCCore

@Sendable func customMetadata(_ client: Client) async throws {
  let initialKey = "x-grpc-test-echo-initial"
  let trailingKey = "x-grpc-test-echo-trailing-bin"
  let initial = "test_initial_metadata_value"
  let trailing: [UInt8] = [0x0a, 0x0b, 0x0a, 0x0b, 0x0a, 0x0b]
  let metadata: Metadata = [initialKey: .string(initial), trailingKey: .binary(trailing)]

  let response = try await client.callLarge(metadata: metadata)
  let exchanged = try await client.exchange([(27182, 31415)], metadata: metadata)
  let calls = [(response.metadata, response.trailingMetadata), exchanged]
  for (begin, end) in calls {
    try expect("values of \(initialKey)", Array(begin[stringValues: initialKey]), is: [initial])
    try expect("values of \(trailingKey)", Array(end[binaryValues: trailingKey]), is: [trailing])
  }
}

@Sendable func statusCodeAndMessage(_ client: Client) async throws {
  try await client.expectStatusBack("test status message")
}

@Sendable func specialStatusMessage(_ client: Client) async throws {
  try await client.expectStatusBack(
    "\t\ntest with whitespace\r\nand Unicode BMP \u{263a} and non-BMP \u{1f608}\t\n"
  )
}

extension Client {
  /// Expects a status with this message from both kinds of calls that can ask for one.
  fileprivate func expectStatusBack(_ message: String) async throws {
    let request = Fields.asking(forStatus: .unknown, message)
    try await expectError(.unknown, message) {
      _ = try await self.unary(.unaryCall, request).message
    }
    try await expectError(.unknown, message) {
      try await self.bidirectionalStreaming(
        .fullDuplexCall,
        requests: { try await $0.write(request) },
        onResponse: { for try await _ in $0.messages {} }
      )
    }
  }
}

@Sendable func cancelAfterBegin(_ client: Client) async throws {
  let (begun, begin) = AsyncStream.makeStream(of: Never.self)
  let call = Task {
    defer { begin.finish() }
    return try await client.clientStreaming(.streamingInputCall) { _ in
      begin.finish()
      try await neverComes()
    }.message
  }
  for await _ in begun {}
  call.cancel()
  try await client.expectCancelled { _ = try await call.value }
}

@Sendable func cancelAfterFirstResponse(_ client: Client) async throws {
  let (received, receive) = AsyncStream.makeStream(of: Never.self)
  let call = Task {
    defer { receive.finish() }
    try await client.bidirectionalStreaming(
      .fullDuplexCall,
      requests: {
        try await $0.write(.asking(forResponses: [31415], payload: 27182))
        try await neverComes()
      }
    ) { response in
      for try await message in response.messages {
        try expectZeros(message, 31415)
        receive.finish()
      }
    }
  }
  for await _ in received {}
  call.cancel()
  try await client.expectCancelled { try await call.value }
}

@Sendable func timeoutOnSleepingServer(_ client: Client) async throws {
  try await expectError(.deadlineExceeded) {
    try await client.bidirectionalStreaming(
      .fullDuplexCall,
      options: .ending(after: .milliseconds(1)),
      requests: {
        try await $0.write(.asking(forResponses: [], payload: 27182))
        try await neverComes()
      },
      onResponse: { for try await _ in $0.messages {} }
    )
  }
}

extension Client {
  /// Expects that the call has failed, and that its connection takes another one.
  ///
  /// grpc-swift has several errors for calls that are cancelled here, which depend on where it
  /// notices: the code `cancelled` of the description is one of them.
  fileprivate func expectCancelled(_ call: () async throws -> Void) async throws {
    do {
      try await call()
    } catch {
      let code = (error as? RPCError)?.code
      let codes: [RPCError.Code?] = [.cancelled, .unknown, .unavailable]
      try expect(
        "whether \(error) tells of a cancelled call",
        error is CancellationError || codes.contains(code),
        is: true
      )
      return try await emptyUnary(self)
    }
    throw Failure("a call has not failed after it was cancelled")
  }
}

/// Waits for the next request of a call that ends before that.
private func neverComes() async throws {
  try await Task.sleep(for: Client.patience * 2)
}
