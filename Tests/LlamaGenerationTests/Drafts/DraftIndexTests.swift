import Testing

@testable import LlamaGeneration

extension DraftIndex {
  /// The tokens that are expected to follow the known ones.
  fileprivate func draft(of length: Int, after tokens: [Int32]) -> [Int32] {
    var text = tokens
    var expectation = self.expectation
    for _ in 0 ..< length {
      guard let token = expectation.token(in: text) else { break }
      text.append(token)
      self.advance(&expectation, pastLastOf: text)
    }
    return Array(text[tokens.count...])
  }
}

@Suite struct DraftIndexTests {
  @Test func `a text without repetition has no draft`() {
    var index = DraftIndex()
    index.update(from: [1, 2, 3, 4, 5])
    #expect(index.draft(of: 4, after: [1, 2, 3, 4, 5]) == [])
    #expect(index.expectation.matchLength == 0)
  }

  @Test(arguments: [[], [7], [7, 7]] as [[Int32]])
  func `a short text has no draft`(tokens: [Int32]) {
    var index = DraftIndex()
    index.update(from: tokens)
    #expect(index.draft(of: 4, after: tokens) == [])
  }

  @Test func `after two known tokens, what followed them is expected`() {
    let tokens: [Int32] = [9, 1, 2, 3, 4, 5, 8, 1, 2]
    var index = DraftIndex()
    index.update(from: tokens)
    #expect(index.expectation.matchLength == 2)
    #expect(index.draft(of: 3, after: tokens) == [3, 4, 5])
  }

  @Test func `three tokens count more than two that were there later`() {
    let tokens: [Int32] = [1, 2, 3, 40, 9, 2, 3, 50, 1, 2, 3]
    var index = DraftIndex()
    index.update(from: tokens)
    #expect(index.expectation.matchLength == 3)
    #expect(index.draft(of: 2, after: tokens) == [40, 9])
  }

  @Test func `of equal matches, the latest is followed`() {
    let tokens: [Int32] = [1, 2, 3, 40, 1, 2, 3, 50, 1, 2, 3]
    var index = DraftIndex()
    index.update(from: tokens)
    #expect(index.draft(of: 1, after: tokens) == [50])
  }

  @Test func `a repetition that overlaps itself goes on`() {
    let tokens: [Int32] = [1, 2, 1, 2, 1]
    var index = DraftIndex()
    index.update(from: tokens)
    #expect(index.draft(of: 5, after: tokens) == [2, 1, 2, 1, 2])
  }

  @Test func `past a replaced token, the copy is expected to go on`() {
    let tokens: [Int32] = [1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 99]
    var index = DraftIndex()
    index.update(from: tokens)
    #expect(index.expectation.matchLength == 0)
    #expect(index.draft(of: 3, after: tokens) == [5, 6, 7])
  }

  /// The tokens 1 to 40, then a copy of the first `length`, and 90, 91, ... in place of the next.
  private func copy(of length: Int32, replaced: Int32) -> [Int32] {
    Array(1 ... 40) + Array(1 ... length) + (0 ..< replaced).map { 90 + $0 }
  }

  @Test(arguments: [
    (3, 1, 0), (4, 1, 1), (7, 1, 1), (8, 1, 2), (16, 1, 4), (30, 1, 4), (16, 2, 1), (30, 3, 0),
  ])
  func `a token that differs leaves a quarter of the match`(
    length: Int32,
    replaced: Int32,
    matchLength: Int
  ) {
    let tokens = self.copy(of: length, replaced: replaced)
    var index = DraftIndex()
    index.update(from: tokens)
    #expect(index.expectation.matchLength == matchLength)
    let next = length + replaced + 1
    #expect(index.draft(of: 3, after: tokens) == [next, next + 1, next + 2])
  }

  @Test func `no match is longer than the longest, and all are followed`() {
    let tokens = self.copy(of: 30, replaced: 0)
    var index = DraftIndex()
    index.update(from: tokens)
    #expect(index.expectation.matchLength == DraftIndex.longestMatch)
    #expect(index.draft(of: 2, after: tokens) == [31, 32])
  }

  @Test func `after a long match, one token that differs does not lead elsewhere`() {
    // The end of the copy, 20 and 90, is also at the beginning, before 77.
    let tokens: [Int32] = [19, 20, 90, 77] + self.copy(of: 20, replaced: 1)
    var index = DraftIndex()
    index.update(from: tokens)
    #expect(index.draft(of: 2, after: tokens) == [22, 23])
    // After a short one, it does.
    let short: [Int32] = [2, 3, 90, 77] + self.copy(of: 3, replaced: 1)
    index = DraftIndex()
    index.update(from: short)
    #expect(index.draft(of: 1, after: short) == [77])
  }

  @Test func `past a token of another's, what followed it before is expected`() {
    let tokens: [Int32] = [1, 2, 3, 4, 5, 6, 30, 40, 50, 9, 1, 2, 3]
    var index = DraftIndex()
    index.update(from: tokens)
    var expectation = index.expectation
    #expect(expectation.token(in: tokens) == 4)
    index.advance(&expectation, pastLastOf: tokens + [30])
    #expect(expectation.token(in: tokens + [30]) == 5, "30 by itself tells little")
    index.advance(&expectation, pastLastOf: tokens + [30, 40])
    #expect(expectation.token(in: tokens + [30, 40]) == 50)
    #expect(index.expectation.token(in: tokens) == 4, "nothing was learned")
  }

  @Test func `what was expected is reported, whether it came or not`() {
    var index = DraftIndex()
    var records: [[Int]] = []
    for tokens in [[1, 2, 3, 4, 1, 2], [1, 2, 3, 4, 1, 2, 3], [1, 2, 3, 4, 1, 2, 3, 9]]
      as [[Int32]]
    {
      index.update(from: tokens) { records.append([$0, $1, $2 ? 1 : 0]) }
    }
    #expect(records == [[6, 2, 1], [7, 3, 0]])
  }

  @Test func `drafts are the same whether tokens come one by one or together`() {
    var state: UInt32 = 1
    var tokens: [Int32] = []
    var steps = DraftIndex()
    for _ in 0 ..< 2000 {
      state = state &* 1_664_525 &+ 1_013_904_223
      tokens.append(Int32(state >> 29))
      steps.update(from: tokens)
    }
    var together = DraftIndex()
    together.update(from: tokens)
    #expect(together.expectation.matchLength == steps.expectation.matchLength)
    #expect(together.draft(of: 8, after: tokens) == steps.draft(of: 8, after: tokens))
  }
}
