import Generation
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
