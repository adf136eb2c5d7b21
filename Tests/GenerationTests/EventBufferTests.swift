import Generation
import Identifiers
import Synchronization
import Testing

@Suite struct EventBufferTests {
  @Test func `events come in order, and then the end`() async throws {
    let buffer = EventBuffer(capacity: 4) {}
    let events = buffer.events()
    for number in 0 ..< 3 { buffer.push(delta(number)) }
    buffer.finish()
    var texts: [String] = []
    for try await event in events { texts.append(event.text) }
    #expect(texts == ["0", "1", "2"])
  }

  @Test func `an error comes after the events before it`() async throws {
    let buffer = EventBuffer(capacity: 4) {}
    var iterator = buffer.events().makeAsyncIterator()
    buffer.push(delta(0))
    buffer.finish(throwing: GenerationError(.internal, "broken"))
    #expect(try await iterator.next() == delta(0))
    await #expect(throws: GenerationError(.internal, "broken")) { try await iterator.next() }
  }

  @Test func `a writer learns that its reader is full, and when it is not any more`() async throws {
    let changes = Atomic(0)
    let buffer = EventBuffer(capacity: 2) { changes.add(1, ordering: .relaxed) }
    var iterator = buffer.events().makeAsyncIterator()
    #expect(buffer.demand == .room(2))
    #expect(buffer.push(delta(0)) == .room(1))
    #expect(buffer.push(delta(1)) == .full)
    #expect(try await iterator.next() == delta(0))
    #expect(changes.load(ordering: .relaxed) == 1)
    #expect(buffer.demand == .room(2))
  }

  @Test func `pieces of a call are joined, and different calls are not`() {
    var delta = GenerationDelta(
      text: "",
      toolCalls: [ToolCallDelta(index: 0, id: "a", name: "f", arguments: "{")]
    )
    delta.append(
      GenerationDelta(
        text: "",
        toolCalls: [
          ToolCallDelta(index: 0, arguments: "}"),
          ToolCallDelta(index: 1, id: "b", name: "f", arguments: "{"),
        ]
      )
    )
    delta.append(
      GenerationDelta(text: "", toolCalls: [ToolCallDelta(index: 1, arguments: "}")])
    )
    #expect(
      delta.toolCalls == [
        ToolCallDelta(index: 0, id: "a", name: "f", arguments: "{}"),
        ToolCallDelta(index: 1, id: "b", name: "f", arguments: "{}"),
      ]
    )
  }

  @Test func `deltas become one while the reader is held up`() async throws {
    let changes = Atomic(0)
    let buffer = EventBuffer(capacity: 2) { changes.add(1, ordering: .relaxed) }
    let events = buffer.events()
    var iterator = events.makeAsyncIterator()
    buffer.push(.delta(GenerationDelta(text: "a", tokenIDs: [1])))
    #expect(buffer.push(.delta(GenerationDelta(text: "b", tokenIDs: [2]))) == .full)
    events.joinDeltas(true)
    // The writer is told, because it has room again.
    #expect(changes.load(ordering: .relaxed) == 1)
    for number: Int32 in 3 ..< 100 {
      let delta = GenerationDelta(text: "c", tokenIDs: [number])
      #expect(buffer.push(.delta(delta)) == .room(2))
    }
    events.joinDeltas(false)
    #expect(
      try await iterator.nextBatch() == [
        .delta(
          GenerationDelta(
            text: "ab" + String(repeating: "c", count: 97),
            tokenIDs: Array(1 ..< 100)
          )
        )
      ]
    )
    #expect(buffer.push(delta(0)) == .room(1))
    #expect(buffer.push(delta(1)) == .full)
  }

  @Test func `joined deltas are bounded by their size`() async throws {
    let changes = Atomic(0)
    let buffer = EventBuffer(capacity: 2) { changes.add(1, ordering: .relaxed) }
    let events = buffer.events()
    var iterator = events.makeAsyncIterator()
    events.joinDeltas(true)
    let kilobyte = GenerationDelta(text: String(repeating: "x", count: 1020), tokenIDs: [1])
    for _ in 0 ..< 63 { #expect(buffer.push(.delta(kilobyte)) == .room(2)) }
    #expect(buffer.push(.delta(kilobyte)) == .full)
    #expect(try await iterator.nextBatch().count == 1)
    #expect(changes.load(ordering: .relaxed) == 1)
    #expect(buffer.demand == .room(2))
  }

  @Test func `what is no delta stays where it is between those that are joined`() async throws {
    let buffer = EventBuffer(capacity: 2) {}
    let events = buffer.events()
    var iterator = events.makeAsyncIterator()
    let started = GenerationEvent.started(
      GenerationStarted(model: "", seed: 0, promptTokens: 1, cachedTokens: 0, queueTime: .zero)
    )
    events.joinDeltas(true)
    var readers = WaitingReaders()
    buffer.push(contentsOf: [started, delta(1), delta(2)], waking: &readers)
    #expect(try await iterator.nextBatch() == [started, .delta(GenerationDelta(text: "12"))])
  }

  @Test func `a reader that is dropped is gone`() {
    let changes = Atomic(0)
    let buffer = EventBuffer(capacity: 2) { changes.add(1, ordering: .relaxed) }
    _ = buffer.events()
    #expect(buffer.demand == .abandoned)
    #expect(buffer.push(delta(0)) == .abandoned)
    #expect(changes.load(ordering: .relaxed) == 1)
  }

  @Test func `a reader that is cancelled is gone, and sees the end`() async throws {
    let buffer = EventBuffer(capacity: 2) {}
    let events = buffer.events()
    try await withThrowingTaskGroup(of: Int.self) { group in
      group.addTask { try await events.reduce(0) { count, _ in count + 1 } }
      group.cancelAll()
      let count = try await group.next()
      #expect(count == 0)
    }
    #expect(buffer.demand == .abandoned)
  }

  @Test func `a generation that is cancelled ends early for its reader`() async throws {
    let buffer = EventBuffer(capacity: 2) {}
    let events = buffer.events()
    buffer.push(delta(0))
    events.cancel()
    #expect(try await events.reduce(0) { count, _ in count + 1 } == 0)
    #expect(buffer.demand == .abandoned)
  }

  @Test func `a reader that waits is woken by the next event`() async throws {
    let buffer = EventBuffer(capacity: 2) {}
    let events = buffer.events()
    try await withThrowingTaskGroup(of: GenerationEvent?.self) { group in
      group.addTask {
        var iterator = events.makeAsyncIterator()
        return try await iterator.next()
      }
      buffer.push(delta(7))
      let event = try await group.next()
      #expect(event == delta(7))
    }
  }

  private func delta(_ number: Int) -> GenerationEvent {
    .delta(GenerationDelta(text: "\(number)"))
  }
}

extension GenerationEvent {
  var text: String {
    if case .delta(let delta) = self { delta.text } else { "" }
  }
}
