import RPC
import Recording
import Testing
import TokenwireAPI
import TokenwireClient

@Suite struct ReplayCallsTests {
  private static let recorded: [GenerateResponse.Event] = [
    .delta(Delta(tokenIDs: [1], reasoningText: "Hm, ")),
    .delta(Delta(tokenIDs: [2], reasoningText: "well.")),
    .delta(Delta(text: "I look.", tokenIDs: [3])),
    call(0, id: "call_a", name: "look", #"{"at":"#), call(0, " 1}"),
    call(1, id: "call_b", name: "look", "{}"),
    .finished(Finished(finishReason: .toolCalls)),
  ]

  private static func call(
    _ index: Int32,
    id: String = "",
    name: String = "",
    _ arguments: String
  ) -> GenerateResponse.Event {
    let piece = ToolCallDelta(index: index, id: id, name: name, arguments: arguments)
    return .delta(Delta(tokenIDs: [4], toolCalls: [piece]))
  }

  /// Records a server that says these events, and plays that to one that says others.
  private static func differences(
    from events: [GenerateResponse.Event]
  ) async throws -> [Difference] {
    try await withFolder { folder in
      let recording = try await recordCalls(
        of: StubService(events: recorded),
        to: folder + "/a"
      ) { client in
        _ = try await client.text(GenerateRequest(input: .prompt("go")))
      }
      return try await StubService(events: events).serve { server in
        await Replay(recording, to: server).run().differences
      }
    }
  }

  @Test func `how thoughts and calls are cut, and the ids of calls, do not matter`() async throws {
    let joined: [GenerateResponse.Event] = [
      .delta(
        Delta(
          text: "I look.",
          tokenIDs: [1, 2, 3, 4, 4, 4],
          reasoningText: "Hm, well.",
          toolCalls: [
            ToolCallDelta(index: 0, id: "x", name: "look", arguments: #"{"at": 1}"#),
            ToolCallDelta(index: 1, id: "y", name: "look", arguments: "{}"),
          ]
        )
      ),
      .finished(Finished(finishReason: .toolCalls)),
    ]
    #expect(try await Self.differences(from: joined) == [])
  }

  @Test func `a thought that differs is shown`() async throws {
    var events = Self.recorded
    events[1] = .delta(Delta(tokenIDs: [2], reasoningText: "no."))
    #expect(
      try await Self.differences(from: events).map(\.text) == [
        """
        connection 1, stream 1, Generate
          reasoning_text, from its character 5 on
          - "Hm, well."
          + "Hm, no."
        """
      ]
    )
  }

  @Test func `a call that differs is shown`() async throws {
    var events = Self.recorded
    events[4] = Self.call(0, " 2}")
    let differences = try await Self.differences(from: events)
    #expect(differences.map(\.subject) == ["tool_calls, from its character 16 on"])
    events = Self.recorded
    events[5] = Self.call(1, id: "call_b", name: "see", "{}")
    #expect(try await Self.differences(from: events).map(\.subject).count == 1)
    events.remove(at: 5)
    #expect(try await Self.differences(from: events).count == 1)
  }
}
