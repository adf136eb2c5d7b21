import Testing

@testable import LlamaGeneration

@Suite struct PaceTests {
  @Test func `prompts have all the room when nobody waits for a token`() {
    #expect(self.pace().promptTokens(beside: 0, capacity: 512) == 512)
  }

  @Test func `beside others, prompts get what the limit leaves`() {
    // 100 ms less 20 ms for the others, at 2 ms each.
    #expect(self.pace().promptTokens(beside: 3, capacity: 512) == 40)
    #expect(self.pace().promptTokens(beside: 3, capacity: 30) == 30)
  }

  @Test func `before anything is measured, prompts get on slowly`() {
    let pace = Pace(interTokenLimit: .milliseconds(100))
    #expect(pace.promptTokens(beside: 1, capacity: 512) == 16)
  }

  @Test func `steps longer than the limit are stretched by half`() {
    var pace = Pace(interTokenLimit: .milliseconds(10))
    pace.record(promptTokens: 0, others: 1, time: .milliseconds(200))
    pace.record(promptTokens: 100, others: 0, time: .milliseconds(200))
    #expect(pace.promptTokens(beside: 1, capacity: 512) == 50)
  }

  private func pace() -> Pace {
    var pace = Pace(interTokenLimit: .milliseconds(100))
    pace.record(promptTokens: 0, others: 3, time: .milliseconds(20))
    pace.record(promptTokens: 100, others: 3, time: .milliseconds(220))
    return pace
  }
}
