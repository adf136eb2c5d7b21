import Constraints
import Generation
import Testing

@testable import LlamaGeneration

/// Which tokens are proposed, with the vocabulary of the tests' model.
@Suite struct DrafterTests {
  private let model: LlamaModel
  private var drafter = Drafter(promptLength: 0)

  init() throws {
    self.model = try Vocabularies.ofTestModel.get()
  }

  private static let person = Constraint.jsonSchema(
    """
    {"type": "object", "properties": {"first_name": {"type": "string"},
    "age": {"enum": [3, 4]}, "naïve": {"const": "日本語"}},
    "required": ["first_name", "age", "naïve"]}
    """
  )

  private func tokens(_ text: String) -> [Int32] {
    self.model.tokens(of: Array(text.utf8)[...], addSpecial: false, parseSpecial: false)
  }

  private func text(_ tokens: [Int32]) -> String {
    String(decoding: tokens.flatMap { self.model.bytes(of: $0) }, as: UTF8.self)
  }

  private func constraint(_ constraint: Constraint, after text: String) throws -> TokenConstraint {
    var constraint = try TokenConstraint(
      ConstraintGrammar(.given(constraint), for: self.model),
      for: self.model
    )
    constraint.append(text.utf8)
    return constraint
  }

  /// A step costs little more with a token more.
  private static let cheap: StepCost = {
    var cost = StepCost()
    for step in 0 ..< 100 {
      cost.record(tokens: step % 5 + 1, time: .milliseconds(100 + step % 5))
    }
    return cost
  }()

  private mutating func draft(
    after tokens: [Int32],
    _ constraint: TokenConstraint? = nil,
    _ cost: StepCost = cheap,
    texts: Int = 1,
    limit: Int = 100
  ) -> [Int32] {
    var text = tokens
    let plan = StepPlan(cost, texts: texts)
    self.drafter.beginDraft(after: &text, forced: constraint?.forcedTokens, plan, limit: limit)
    let right = self.drafter.endDraft(plan)
    #expect(text == tokens)
    #expect((right > 0) == !self.drafter.draft.isEmpty)
    #expect(right < Double(max(1, self.drafter.draft.count)))
    return self.drafter.draft
  }

  private mutating func accept(_ token: Int32, _ isAccepted: Bool) {
    let outcome = self.drafter.accept(token)
    #expect(outcome == isAccepted)
  }

  @Test(arguments: [
    ("{\"", "first_name\":"), ("{\"first", "_name\":"), ("{\"first_name\": \"x\", \"", "age\":"),
    ("{\"first_name\": \"x\", \"age\": 4, \"", "naïve\":"), ("{\"first_name\":\"ag", ""),
    ("{\"first_name\": \"x\", \"age\": 4, \"naïve\":\"", "日本語\""),
  ])
  mutating func `what a constraint forces is drafted, as the model cuts it`(
    text: String,
    forced: String
  ) throws {
    let draft = self.draft(after: [], try self.constraint(Self.person, after: text))
    #expect(draft == self.tokens(forced))
  }

  @Test mutating func `within a character, nothing is drafted`() throws {
    var constraint = try self.constraint(
      Self.person,
      after: "{\"first_name\": \"x\", \"age\": 4, \"na"
    )
    constraint.append([0xC3])
    let draft = self.draft(after: [], constraint)
    #expect(draft == [])
  }

  @Test mutating func `a grammar that forces a text has it drafted, as far as a draft goes`() throws
  {
    let words = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    let constraint = try self.constraint(.grammar("root ::= \"\(words)\""), after: "one")
    let draft = self.draft(after: [], constraint)
    #expect(draft.count > 8)
    #expect(self.tokens(words).dropFirst().starts(with: draft))
    let short = self.draft(after: [], constraint, limit: 3)
    #expect(short == Array(draft[..<3]))
    let none = self.draft(after: [], constraint, limit: 0)
    #expect(none == [])
    let besideMany = self.draft(after: [], constraint, StepCost(), texts: 32)
    #expect(besideMany == [])
  }

  @Test mutating func `what followed before, and what is forced, follow each other`() throws {
    let before = self.tokens(#"{"first_name": "Ann", "age": 3, "naïve": "日本語"}"#)
    let begun = self.tokens(#" {"first_name": "Bob", ""#)
    let text = before + begun
    self.drafter.update(from: text)
    let draft = self.draft(
      after: text,
      try self.constraint(Self.person, after: #"{"first_name": "Bob", ""#)
    )
    #expect(self.text(draft).hasPrefix(#"age": 3, "naïve": "#), "\(self.text(draft))")
  }

  @Test mutating func `a token that the constraint does not allow is not drafted`() throws {
    let text = self.tokens("one two three four, one two three")
    self.drafter.update(from: text)
    let free = self.draft(after: text)
    #expect(self.text(free).hasPrefix(" four"))
    let bound = self.draft(
      after: text,
      try self.constraint(
        .grammar(#"root ::= "one two three" (" five" | " six")"#),
        after: "one two three"
      )
    )
    #expect(bound == [])
  }

  @Test mutating func `how the text was cut before counts more than how the model would`() throws {
    let short = self.tokens("fi") + self.tokens("rst")
    try #require(short.count == 2)
    let start = self.tokens("One person: {\"")
    let text = start + short + self.tokens("}}") + start
    self.drafter.update(from: text)
    let draft = self.draft(after: text, try self.constraint(Self.person, after: "{\""))
    #expect(draft.starts(with: short), "\(draft.map { self.text([$0]) })")
  }

  @Test mutating func `where the model cuts otherwise, its constraint is relied on less`() throws {
    let forced = try self.constraint(Self.person, after: "{\"")
    var text: [Int32] = []
    for token in Int32(1000) ..< 1030 {
      if self.draft(after: text, forced).isEmpty { break }
      text.append(token)
      self.drafter.update(from: text)
      self.accept(token, false)
      self.drafter.drop()
    }
    #expect(5 ..< 30 ~= text.count)
    // It is still expected, and found to be right, though it is not drafted.
    let right = try #require(self.tokens("first_name\":").first)
    for _ in 0 ..< 30 where self.draft(after: text, forced).isEmpty {
      text.append(right)
      self.drafter.update(from: text)
    }
    #expect(self.drafter.draft.first == right)
  }

  @Test mutating func `drafted tokens are taken in order, as long as they are chosen`() throws {
    let draft = self.draft(after: [], try self.constraint(Self.person, after: "{\""))
    try #require(draft.count >= 3)
    self.accept(draft[0], true)
    self.accept(-1, false)
    self.accept(draft[1], true)
    #expect(self.drafter.draft == Array(draft[2...]))
    self.drafter.drop()
    #expect(self.drafter.draft == [])
    self.accept(draft[2], false)
  }

  /// Makes a draft of what is told and of guesses that are as likely as `odds`.
  private mutating func draft(
    after tokens: [Int32],
    _ constraint: TokenConstraint? = nil,
    guesses: [Int32],
    odds: Double = 0.9,
    price: Double = 0.5,
    least: Double = 0
  ) -> [Int32] {
    var text = tokens
    let plan = StepPlan(Self.cheap, texts: 1)
    self.drafter.beginDraft(
      after: &text,
      forced: constraint?.forcedTokens,
      plan,
      limit: 100,
      least: least
    )
    for token in guesses where self.drafter.wantsGuess(odds, price: price) {
      self.drafter.grow(
        with: DraftModel.Guess(token: token, margin: 2),
        after: &text,
        odds: odds,
        price: price
      )
    }
    #expect(text == tokens)
    _ = self.drafter.endDraft(plan)
    return self.drafter.draft
  }

  @Test mutating func `guesses follow what is told, and what is told follows them`() throws {
    let constraint = try self.constraint(Self.person, after: "{\"")
    let guesses = self.tokens(" \"") + self.tokens("Bob") + self.tokens("\",")
    let draft = self.draft(after: [], constraint, guesses: guesses)
    #expect(self.text(draft).hasPrefix("first_name\": \"Bob\","), "\(self.text(draft))")
  }

  @Test mutating func `a guess that the constraint does not allow ends the draft`() throws {
    let constraint = try self.constraint(Self.person, after: "{\"")
    let wrong = self.tokens("cat")
    let draft = self.draft(after: [], constraint, guesses: wrong + self.tokens(" \""))
    #expect(self.text(draft) == "first_name\":")
  }

  @Test mutating func `guesses are made as long as they are likely for their price`() {
    let guesses = [Int32](repeating: 100, count: 20)
    var lengths: [Int] = []
    for odds in [0.01, 0.5, 0.9, 0.97] {
      lengths.append(self.draft(after: [], guesses: guesses, odds: odds).count)
    }
    #expect(lengths == lengths.sorted())
    #expect(lengths.first == 0)
    #expect(lengths.last == DraftWorth.longestDraft)
    let dear = self.draft(after: [], guesses: guesses, odds: 0.9, price: 500)
    #expect(dear == [])
  }

  @Test mutating func `what is told less likely is left to guesses`() {
    let text = self.tokens("one two three four, one two three")
    self.drafter.update(from: text)
    let five = self.tokens(" five")
    let told = self.draft(after: text, guesses: five)
    #expect(self.text(told).hasPrefix(" four"))
    let guessed = self.draft(after: text, guesses: five, least: 0.99)
    #expect(guessed == five)
  }

  @Test mutating func `guesses are judged by what is chosen, up to the first wrong one`() {
    var usual = GuessOdds(weight: 0.1)
    let draft = self.draft(after: [1, 2], guesses: [3, 4, 5])
    #expect(draft == [3, 4, 5])
    self.drafter.update(from: [1, 2, 3])
    self.accept(3, true)
    self.drafter.update(from: [1, 2, 3, 7])
    self.accept(7, false)
    #expect(self.drafter.judged.map(\.isRight) == [true, false])
    #expect(self.drafter.judged.map(\.isDrafted) == [true, true])
    self.drafter.learn(usual: &usual)
    self.drafter.drop()
    self.drafter.update(from: [1, 2, 3, 7, 8])
    #expect(self.drafter.judged.isEmpty)
    #expect(self.drafter.guessOdds != nil)
  }

  /// Control tokens, too, where they are part of the form of a call.
  @Test mutating func `control tokens that count are drafted`() throws {
    let control = try #require(self.model.tokenizing.controlTokens[Array("<|im_start|>".utf8)])
    let grammar = try Grammar(gbnf: #"root ::= "<|im_start|>call""#)
    let kept = [control: Array("<|im_start|>".utf8)]
    for isKept in [true, false] {
      let matcher = try Matcher(grammar, self.model.vocabularyTexts(keeping: isKept ? kept : [:]))
      var forced = ForcedTokens(
        matcher.lookahead,
        self.model,
        keptTokens: isKept ? kept : [:]
      )
      let token = try #require(forced.next(expecting: nil)?.token)
      #expect((token == control) == isKept)
      let isAllowed = forced.append(token)
      #expect(isAllowed)
      let other = forced.append(control)
      #expect(!other)
    }
  }
}
