import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// What is known of a text whose caller leaves before its first token.
@Suite struct ExpectedStartTests {
  private static let prompt = String(repeating: "word ", count: 400)

  @Test func `the prompt of a server that is silent is counted`() async throws {
    let silent = try await FakeUpstream.start { _, _ in [] }
    try await withGenerator(.of(silent)) { generator in
      let events = try await generator.generate(.chat(Self.prompt))
      await silent.waitForRequests(1)
      let start = events.expectedStart
      #expect(start?.promptTokens == nil)
      #expect(start?.origin?.estimatedPromptTokens == 504)
      #expect(start?.origin?.replica == "r1")
      events.cancel()
      await silent.waitUntilLeft()
      // It was begun all the same.
      #expect(events.expectedStart == start)
    }
    try await silent.stop()
  }

  @Test func `the prompt is counted as its server says`() async throws {
    let beginning =
      "event: message_start\ndata: "
      + #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","#
      + #""model":"claude","content":[],"stop_reason":null,"usage":{"input_tokens":17,"#
      + #""cache_read_input_tokens":5,"output_tokens":1}}}"# + "\n\n"
    let server = try await FakeUpstream.start { _, _ in .beginning(beginning) }
    try await withGenerator(.of(server, kind: .anthropic)) { generator in
      let events = try await generator.generate(.chat(Self.prompt))
      while events.expectedStart?.promptTokens == nil { await Task.yield() }
      #expect(events.expectedStart?.promptTokens == 22)
      #expect(events.expectedStart?.cachedTokens == 5)
      events.cancel()
    }
    try await server.stop()
  }

  @Test func `a request that was refused has begun nothing`() async throws {
    let refusing = try await FakeUpstream.start { _, _ in .refusal("503 Service Unavailable") }
    try await withGenerator(.of(refusing)) { generator in
      let events = try await generator.generate(.chat())
      let answer = await Answer(of: events)
      #expect(answer.error?.code == .unavailable)
      #expect(events.expectedStart == nil)
    }
    try await refusing.stop()
  }
}
