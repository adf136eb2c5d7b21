import Generation
import LlamaGeneration
import Testing

@Suite struct ParkingTests {
  @Test func `a text that is not read leaves the only slot to others, and goes on when it is`()
    async throws
  {
    let generator = try LlamaGenerator(
      LlamaConfiguration(modelPath: TestModel.path, parallel: 1, contextLength: 256, threads: 1),
      logger: TestModel.logger
    )
    // More than the reader's buffer holds.
    let story = GenerationRequest(
      input: .prompt("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"),
      sampling: SamplingOptions(temperature: 0),
      maxTokens: 90
    )
    try await withThrowingTaskGroup { group in
      group.addTask { await generator.run() }
      let whole = try await Outcome(story, on: generator)
      #expect(whole.finished?.usage.completionTokens == 90)

      let unread = try await generator.generate(story)
      let other = try await Outcome(.question("The capital of France is"), on: generator)
      #expect(other.text.contains("Paris"))

      var text = ""
      for try await event in unread {
        if case .delta(let delta) = event { text += delta.text }
      }
      #expect(text == whole.text)
      group.cancelAll()
    }
  }
}
