import Generation
import Listening
import NIOCore
import Protobuf
import RPC
import TestHTTP
import Testing
import TokenwireAPI
import TokenwireClient

@testable import TokenwireServer

/// A client of HTTP or gRPC that goes away ends its text.
@Suite struct VanishingClientTests {
  @Test(arguments: Leaving.allCases, [true, false])
  func `while its text is generated`(leaving: Leaving, streams: Bool) async throws {
    let script = Script("one two three", repeats: true)
    let generator = ScriptedGenerator(script, pace: .milliseconds(1))
    try await withEndpoint(of: generator) { endpoint in
      try await leaving.leave(
        endpoint,
        "/v1/chat/completions",
        chat(streams: streams),
        waits: streams
      ) {
        while generator.activeSequences == 0 { await Task.yield() }
      }
      await generator.waitUntilIdle()
    }
  }

  @Test(arguments: Leaving.ofGRPC)
  func `over gRPC, while its text is generated`(leaving: Leaving) async throws {
    let generator = ScriptedGenerator(
      Script("one two three", repeats: true),
      pace: .milliseconds(1)
    )
    try await withEndpoint(of: generator) { endpoint in
      try await leaving.leave(endpoint, calling: generatePath, endlessRequest, waits: true) {
        while generator.activeSequences == 0 { await Task.yield() }
      }
      await generator.waitUntilIdle()
    }
  }

  @Test(arguments: Leaving.ofGRPC)
  func `over gRPC, while its text waits for it to read`(leaving: Leaving) async throws {
    let script = Script(String(repeating: "x", count: 2_000), repeats: true)
    let generator = ScriptedGenerator(script)
    try await withEndpoint(of: generator) { endpoint in
      try await leaving.leave(endpoint, calling: generatePath, endlessRequest, waits: false) {
        while generator.activeSequences == 0 { await Task.yield() }
        try await withClient(of: endpoint) { client in
          let others = try await client.generate("go", maxTokens: 2_000).collect()
          #expect(others.last?.finished != nil)
        }
        #expect(generator.activeSequences == 1)
      }
      await generator.waitUntilIdle()
    }
  }

  @Test(arguments: Leaving.allCases)
  func `while its text waits for it to read`(leaving: Leaving) async throws {
    // Long tokens, because a socket holds much.
    let script = Script(String(repeating: "x", count: 2_000), repeats: true)
    let generator = ScriptedGenerator(script)
    try await withEndpoint(of: generator) { endpoint in
      try await leaving.leave(endpoint, "/v1/chat/completions", chat(streams: true), waits: false) {
        while generator.activeSequences == 0 { await Task.yield() }
        // Meanwhile all is full that holds text for it.
        try await withClient(of: endpoint) { client in
          let others = try await client.generate("go", maxTokens: 2_000).collect()
          #expect(others.last?.finished != nil)
        }
        #expect(generator.activeSequences == 1)
      }
      await generator.waitUntilIdle()
    }
  }
}

private let generatePath = "/\(TokenwireMethod.generate)"

private let endlessRequest: ByteBuffer = {
  var bytes = ByteBuffer()
  GenerateTests.endless.serialize(into: &bytes)
  return bytes
}()

/// A chat's request for a text without an end.
private func chat(streams: Bool) -> String {
  """
  {"messages":[{"role":"user","content":"go"}],"stream":\(streams),"max_tokens":1000000000}
  """
}
