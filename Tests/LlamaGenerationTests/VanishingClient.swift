import Listening
import NIOCore
import Protobuf
import RPC
import TestHTTP
import TokenwireAPI

/// A client that asks for a long text, and goes away.
struct VanishingClient {
  var leaving: Leaving
  var streams = true
  var isGRPC = false

  func leave(
    _ endpoint: Endpoint,
    _ prompt: String,
    waits: Bool,
    after body: @escaping @Sendable () async throws -> Void
  ) async throws {
    if self.isGRPC {
      var bytes = ByteBuffer()
      let request = GenerateRequest(
        input: .prompt(prompt),
        sampling: SamplingOptions(ignoreEos: true),
        maxTokens: 400
      )
      request.serialize(into: &bytes)
      let path = "/\(TokenwireMethod.generate)"
      return try await self.leaving.leave(endpoint, calling: path, bytes, waits: waits, after: body)
    }
    let json = #"""
      {"prompt":"\#(prompt)","max_tokens":400,"ignore_eos":true,"stream":\#(self.streams)}
      """#
    try await self.leaving.leave(
      endpoint,
      "/v1/completions",
      json,
      waits: waits && self.streams,
      after: body
    )
  }
}
