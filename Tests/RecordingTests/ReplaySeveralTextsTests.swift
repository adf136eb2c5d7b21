import RPC
import Recording
import Testing
import TokenwireAPI
import TokenwireClient

@Suite struct ReplaySeveralTextsTests {
  private static let oneByOne: [GenerateResponse.Event] = [
    delta(0, "The"), delta(0, " fox"), end(0), delta(1, "A"), delta(1, " dog"), end(1, .stop),
  ]

  private static func delta(_ index: Int32, _ text: String) -> GenerateResponse.Event {
    .delta(Delta(text: text, tokenIDs: [Int32(text.utf8.count)], index: index))
  }

  private static func end(
    _ index: Int32,
    _ reason: FinishReason = .length
  ) -> GenerateResponse.Event {
    .finished(Finished(finishReason: reason, index: index))
  }

  /// Records a server that says the texts one by one, and plays that to one that says these events.
  private static func differences(
    from events: [GenerateResponse.Event],
    recorded: [GenerateResponse.Event] = oneByOne
  ) async throws -> [Difference] {
    try await withFolder { folder in
      let recording = try await recordCalls(
        of: StubService(events: recorded),
        to: folder + "/a"
      ) { client in
        _ = try await client.text(GenerateRequest(input: .prompt("go"), n: 2))
      }
      return try await StubService(events: events).serve { server in
        await Replay(recording, to: server).run().differences
      }
    }
  }

  @Test func `texts may come between each other, and in other deltas`() async throws {
    let turns: [GenerateResponse.Event] = [
      Self.delta(1, "A"), Self.delta(0, "The"), Self.delta(1, " dog"), Self.end(1, .stop),
      Self.delta(0, " fox"), Self.end(0),
    ]
    #expect(try await Self.differences(from: turns) == [])
    #expect(try await Self.differences(from: Self.oneByOne, recorded: turns) == [])
    let joined: [GenerateResponse.Event] = [
      .delta(Delta(text: "A dog", tokenIDs: [1, 4], index: 1)),
      .delta(Delta(text: "The fox", tokenIDs: [3, 4])), Self.end(0), Self.end(1, .stop),
    ]
    #expect(try await Self.differences(from: joined) == [])
  }

  @Test func `a token that differs in one of them is shown`() async throws {
    let differences = try await Self.differences(from: [
      Self.delta(0, "The"), Self.delta(1, "A"), Self.delta(0, " fox"), Self.delta(1, " cat"),
      Self.end(0), Self.end(1, .stop),
    ])
    #expect(
      differences.map(\.text) == [
        """
        connection 1, stream 1, Generate
          text of index 1, from its character 3 on
          - "A dog"
          + "A cat"
        """
      ]
    )
  }

  @Test func `texts that have changed places are two differences`() async throws {
    let differences = try await Self.differences(from: [
      Self.delta(1, "The"), Self.delta(1, " fox"), Self.end(1, .stop), Self.delta(0, "A"),
      Self.delta(0, " dog"), Self.end(0),
    ])
    #expect(
      differences.map(\.subject)
        == ["text of index 0, from its character 1 on", "text of index 1, from its character 1 on"]
    )
  }

  @Test func `how each of them has ended counts`() async throws {
    let differences = try await Self.differences(
      from: Self.oneByOne.dropLast() + [Self.end(1, .length)]
    )
    #expect(differences.map(\.recorded) == ["{finished:{finish_reason:STOP,index:1}}"])
    #expect(differences.map(\.replayed) == ["{finished:{finish_reason:LENGTH,index:1}}"])
  }

  @Test func `one that is missing, and one that goes on behind its end, are shown`() async throws {
    let missing = try await Self.differences(from: Array(Self.oneByOne.prefix(3)))
    #expect(missing.map(\.recorded) == ["\"A dog\" of index 1"])
    let late = try await Self.differences(from: Self.oneByOne + [Self.delta(0, " again")])
    #expect(late.map(\.replayed) == ["\" again\""])
  }

  @Test func `of texts that were aborted, each is compared as far as it goes`() async throws {
    let recorded: [GenerateResponse.Event] = [
      Self.delta(0, "The"), Self.delta(0, " fox"), Self.end(0, .cancelled), Self.delta(1, "A"),
      Self.end(1, .cancelled),
    ]
    let further: [GenerateResponse.Event] = [
      Self.delta(1, "A"), Self.delta(0, "The"), Self.delta(1, " dog"), Self.end(1),
      Self.end(0, .cancelled),
    ]
    #expect(try await Self.differences(from: further, recorded: recorded) == [])
    let other: [GenerateResponse.Event] = [
      Self.delta(0, "The"), Self.delta(1, "B"), Self.end(0, .cancelled), Self.end(1, .cancelled),
    ]
    let differences = try await Self.differences(from: other, recorded: recorded)
    #expect(differences.map(\.subject) == ["text of index 1, from its character 1 on"])
  }
}
