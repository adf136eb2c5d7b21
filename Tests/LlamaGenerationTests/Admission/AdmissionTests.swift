import Generation
import Identifiers
import Testing

@testable import LlamaGeneration

@Suite struct AdmissionTests {
  @Test func `a request beyond the queue is refused at once, and told when to come again`()
    async throws
  {
    // It does not run: whoever comes waits.
    let generator = try LlamaGenerator(
      LlamaConfiguration(
        modelPath: TestModel.path,
        parallel: 1,
        contextLength: 256,
        threads: 1,
        maxQueue: 2
      ),
      logger: TestModel.logger
    )
    let first = try await generator.generate(.question("One?"))
    let second = try await generator.generate(.question("Two?"))
    let error = await #expect(throws: GenerationError.self) {
      try await generator.generate(.question("Three?"))
    }
    #expect(error?.code == .resourceExhausted)
    #expect(error?.message == "The model is busy, and 2 requests wait already: call again later")
    #expect(error?.retryAfter == .seconds(1))
    // Who has gone away does not count.
    first.cancel()
    let third = try await generator.generate(.question("Three?"))
    withExtendedLifetime((second, third)) {}
  }

  @Test func `a request whose prompt takes longer than its caller has is not begun`() async throws {
    let generator = try TestModel.shared()
    // The speed is known from now on.
    let long = Array(1000 ..< 1400) as [Int32]
    _ = try await Outcome(
      GenerationRequest(input: .tokens(long), maxTokens: 1, requester: .user("measured")),
      on: generator
    )
    let request = GenerationRequest(
      input: .tokens(long.reversed()),
      maxTokens: 1,
      deadline: .now + .milliseconds(3),
      requester: .user("in haste")
    )
    let error = await #expect(throws: GenerationError.self) {
      try await Outcome(request, on: generator)
    }
    #expect(error?.code == .deadlineExceeded)
    // Nothing of it was computed.
    var again = request
    again.deadline = nil
    let outcome = try await Outcome(again, on: generator)
    #expect(outcome.started?.cachedTokens == 0)
  }

  @Test func `a request that would wait longer than its caller has is refused`() async throws {
    let queue = RequestQueue(capacity: 10)
    queue.report(EngineLoad(freeSlots: 0, timePerText: .seconds(1)))
    let buffer = EventBuffer(capacity: 1) {}
    let events = buffer.events()
    var request = LlamaRequest(
      request: GenerationRequest(input: .tokens([1])),
      prompt: [1],
      promptText: "",
      seed: 0,
      buffer: buffer,
      arrival: .now
    )
    try queue.append([request])
    request.request.deadline = .now + .seconds(100)
    try queue.append([request])
    request.request.deadline = .now + .milliseconds(2500)
    let error = #expect(throws: GenerationError.self) { try queue.append([request]) }
    #expect(error?.code == .deadlineExceeded)
    #expect(error?.message.contains("needs about 3000 ms") == true)
    // Another requester waits for one alone.
    request.request.requester = .user("other")
    try queue.append([request])
    withExtendedLifetime(events) {}
  }

  @Test func `texts of one caller come all or none`() async throws {
    let queue = RequestQueue(capacity: 3)
    let buffer = EventBuffer(capacity: 1) {}
    let events = buffer.events()
    let request = LlamaRequest(
      request: GenerationRequest(input: .tokens([1])),
      prompt: [1],
      promptText: "",
      seed: 0,
      buffer: buffer,
      arrival: .now
    )
    try queue.append([request, request])
    #expect(throws: GenerationError.self) { try queue.append([request, request]) }
    try queue.append([request])
    withExtendedLifetime(events) {}
  }

  @Test func `a thousand requests that are cancelled while they wait leave nothing`() async throws {
    let generator = try LlamaGenerator(
      LlamaConfiguration(modelPath: TestModel.path, parallel: 2, contextLength: 256, threads: 1),
      logger: TestModel.logger
    )
    let request = GenerationRequest.question("Why does it rain in the mountains?", maxTokens: 1)
    for _ in 0 ..< 1000 { try await generator.generate(request).cancel() }
    try await withThrowingTaskGroup { group in
      group.addTask { await generator.run() }
      let outcome = try await Outcome(request, on: generator)
      // None of the thousand was computed: their text would be known.
      #expect(outcome.started?.cachedTokens == 0)
      group.cancelAll()
    }
  }

  @Test func `without an estimate nobody is refused`() {
    #expect(EngineLoad().wait(behind: 1000) == nil)
    #expect(EngineLoad(freeSlots: 2, timePerText: .seconds(1)).wait(behind: 1) == .zero)
    #expect(EngineLoad(freeSlots: 2, timePerText: .seconds(1)).wait(behind: 4) == .seconds(3))
  }
}
