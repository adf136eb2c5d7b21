import Testing

@testable import LlamaGeneration

@Suite struct GuessOddsTests {
  private func record(_ odds: inout GuessOdds, _ count: Int, margin: Float = 2, isRight: Bool) {
    for _ in 0 ..< count { odds.record(GuessOdds.Judged(margin: margin, isRight: isRight)) }
  }

  @Test func `before enough guesses were judged, none is relied on`() {
    var odds = GuessOdds(weight: 0.1)
    self.record(&odds, 15, isRight: true)
    #expect(odds.mean == 0)
    #expect(!odds.areKnown)
    self.record(&odds, 1, isRight: true)
    #expect(odds.areKnown)
    #expect(odds.mean == DraftOdds.most)
  }

  @Test func `the first guesses count alike, and later ones more than those long ago`() {
    var odds = GuessOdds(weight: 1.0 / 64)
    self.record(&odds, 8, isRight: true)
    self.record(&odds, 24, isRight: false)
    #expect(abs(odds.mean - 0.25) < 0.01)
    self.record(&odds, 400, isRight: true)
    #expect(odds.mean > 0.95)
  }

  @Test func `guesses with a greater margin are likelier, unless they prove wrong`() {
    var odds = GuessOdds(weight: 0.1)
    let margins: [Float] = [0, 1, 2, 5]
    #expect(margins.map { odds[$0] } == margins.map { odds[$0] }.sorted())
    self.record(&odds, 40, margin: 5, isRight: false)
    #expect(odds[5] < odds[0])
  }

  @Test func `a text begins with the usual odds, and moves them faster`() {
    var usual = GuessOdds(weight: 1.0 / 64)
    self.record(&usual, 100, isRight: true)
    var own = GuessOdds(usual, weight: 0.125)
    #expect(own.mean == usual.mean)
    self.record(&own, 8, isRight: false)
    self.record(&usual, 8, isRight: false)
    #expect(own.mean < 0.4)
    #expect(usual.mean > 0.8)
  }
}
