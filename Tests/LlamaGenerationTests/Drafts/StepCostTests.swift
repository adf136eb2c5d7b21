import Testing

@testable import LlamaGeneration

@Suite struct StepCostTests {
  /// Steps of `base` and `each` milliseconds a token.
  private func cost(base: Int, each: Int) -> StepCost {
    var cost = StepCost()
    for step in 0 ..< 200 {
      let tokens = step % 5 + 1
      cost.record(tokens: tokens, time: .milliseconds(base + each * tokens))
    }
    return cost
  }

  private func length(_ cost: StepCost, texts: Int, odds: Double, limit: Int = 100) -> Int {
    StepPlan(cost, texts: texts).worth(limit: limit) { _ in odds }.best.length
  }

  @Test func `the overhead of a step is measured in tokens`() {
    #expect(abs(self.cost(base: 10, each: 5).overhead - 2) < 0.1)
    #expect(self.cost(base: 100, each: 1).overhead > 40)
  }

  @Test func `while all steps are alike, the overhead is assumed`() {
    var cost = StepCost()
    for _ in 0 ..< 100 { cost.record(tokens: 1, time: .milliseconds(15)) }
    #expect(cost.overhead == StepCost().overhead)
  }

  @Test func `an interrupted step hardly changes it`() {
    var cost = self.cost(base: 10, each: 5)
    cost.record(tokens: 1, time: .seconds(3))
    #expect(0.5 ... 6 ~= cost.overhead)
  }

  @Test func `drafts grow with their odds, and are not made when those are low`() {
    let cost = StepCost()
    let lengths = [0, 0.3, 0.6, 0.8, 0.9, 0.97].map { self.length(cost, texts: 1, odds: $0) }
    #expect(lengths == lengths.sorted())
    #expect(lengths.starts(with: [0, 0]))
    #expect(lengths.last.map { $0 > 5 } == true)
  }

  @Test func `drafts shrink with the number of texts, to none`() {
    let cost = StepCost()
    let lengths = [1, 2, 4, 8, 32].map { self.length(cost, texts: $0, odds: 0.95) }
    #expect(lengths == lengths.sorted(by: >))
    #expect(lengths.suffix(2) == [0, 0])
  }

  @Test func `where tokens cost little, many texts have drafts`() {
    #expect(self.length(self.cost(base: 100, each: 1), texts: 8, odds: 0.9) > 3)
  }

  @Test(arguments: [-3, 0, 2])
  func `no draft is longer than its limit`(limit: Int) {
    #expect(self.length(StepCost(), texts: 1, odds: 0.97, limit: limit) == max(0, limit))
  }
}
