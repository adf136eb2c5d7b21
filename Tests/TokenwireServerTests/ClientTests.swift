import AccessTokens
import Generation
import Identifiers
import RPC
import Testing
import TokenwireAPI
import TokenwireClient

/// What `TokenwireClient` adds to the calls of the API.
@Suite struct ClientTests {
  @Test func `a text is the deltas of a stream`() async throws {
    try await withService { client in
      let text = try await client.text("go", maxTokens: 3)
      #expect(text == "one two three")
    }
  }

  @Test func `all options are members of the request`() async throws {
    try await withService { client in
      let request = GenerateRequest(input: .prompt("go"), stop: ["two"], echo: true)
      let text = try await client.text(request)
      #expect(text == "goone ")
      let responses = try await client.generate(request).collect()
      #expect(responses.count > 2)
    }
  }

  @Test func `a text that fails throws why`() async throws {
    try await withService { client in
      _ = await #expect(throws: CallError(.invalidArgument, "Prompt is required")) {
        try await client.text("")
      }
    }
  }

  @Test func `a cancelled task ends the text`() async throws {
    let script = Script("one two three", repeats: true)
    let generator = ScriptedGenerator(script, pace: .milliseconds(1))
    try await withService(generator) { client in
      await withTaskGroup { group in
        group.addTask {
          await #expect(throws: CallError.self) {
            _ = try await client.text("go", maxTokens: 1_000_000)
          }
        }
        while generator.activeSequences == 0 { await Task.yield() }
        group.cancelAll()
      }
      await generator.waitUntilIdle()
    }
  }

  @Test func `a token travels with each call`() async throws {
    try await Secured.with(keepsLog: true) { secured in
      let token = try secured.token(for: "alice", scopes: [.generate, .log])
      let client = try await TokenwireClient.connect(to: secured.endpoint, token: token)
      let responses = try await client.generate("go", maxTokens: 1).collect()
      guard case .started(let started) = responses.first?.event else {
        Issue.record("the stream does not begin with started")
        return
      }
      #expect(started.userID == "alice")
      let answer = try await client.api.logRequest(LogRequestRequest(prompt: "a", response: "b"))
      #expect(answer.message == "Request logged successfully")
      await #expect(throws: CallError(.unauthenticated, "Token is invalid!")) {
        let options = CallOptions(metadata: ["Authorization": "Bearer other"])
        _ = try await client.text("go", options: options)
      }
      await client.close()
    }
  }
}
