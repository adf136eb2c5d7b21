import GRPCCore

/// Prints the text of 20 tokens.
@Sendable func generate(_ client: Client) async throws {
  print(try await client.generatedText(maxTokens: 20))
}

/// Leaves a generation in its middle. The server lets a caller have one at a time, so another one
/// tells that the server has ended it.
@Sendable func generateCancelled(_ client: Client) async throws {
  try await client.serverStreaming(.generate, .generate(maxTokens: 100_000)) { response in
    for try await message in response.messages where try message.generatedText != nil { break }
    try await expectError(.resourceExhausted) {
      _ = try await client.generatedText(maxTokens: 1)
    }
  }
  try expect("text", await client.generatedTextWhenFree(maxTokens: 1), is: "The")
}

extension Client {
  fileprivate func generatedText(maxTokens: Int) async throws -> String {
    try await self.serverStreaming(.generate, .generate(maxTokens: maxTokens)) { response in
      var text = ""
      for try await message in response.messages { text += try message.generatedText ?? "" }
      return text
    }
  }

  /// The text of the first call that is not refused because the caller has no place left.
  fileprivate func generatedTextWhenFree(maxTokens: Int) async throws -> String {
    let end = ContinuousClock.now + Self.patience
    while true {
      do {
        return try await self.generatedText(maxTokens: maxTokens)
      } catch let error as RPCError where error.code == .resourceExhausted && .now < end {
        try await Task.sleep(for: .milliseconds(10))
      }
    }
  }
}

extension Fields {
  /// The text of a GenerateResponse that is a delta.
  fileprivate var generatedText: String? {
    get throws {
      try self.fields(4)?.fields(1).map { String(decoding: $0.bytes, as: UTF8.self) }
    }
  }
}
