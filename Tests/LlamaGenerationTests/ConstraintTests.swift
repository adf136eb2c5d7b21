import Foundation
import Generation
import LlamaGeneration
import Testing

/// With the real model, which is small enough to get everything wrong that it may.
@Suite struct ConstraintTests {
  private let generator: LlamaGenerator

  init() throws {
    self.generator = try TestModel.shared()
  }

  private static let personSchema = """
    {
      "type": "object",
      "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 8},
        "age": {"type": "integer", "minimum": 1, "maximum": 120},
        "colours": {"type": "array", "items": {"enum": ["red", "green"]}, "maxItems": 2},
        "friend": {"anyOf": [{"$ref": "#/$defs/friend"}, {"type": "null"}]}
      },
      "required": ["name", "age", "colours", "friend"],
      "$defs": {
        "friend": {
          "properties": {"name": {"type": "string", "pattern": "^[A-Z][a-z]{0,5}$"}},
          "required": ["name"]
        }
      }
    }
    """

  private struct Person: Decodable {
    struct Friend: Decodable {
      var name: String
    }

    var name: String
    var age: Int
    var colours: [String]
    var friend: Friend?
  }

  @Test(arguments: 1 ... 4 as ClosedRange<UInt32>)
  func `a text satisfies its schema, whatever chance says`(seed: UInt32) async throws {
    var request = GenerationRequest.question("Describe a person.", maxTokens: 150)
    request.sampling = SamplingOptions(temperature: 1, topK: 0, topP: 1, minP: 0, seed: seed)
    request.constraint = .jsonSchema(Self.personSchema)
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.finished?.reason == .stop, "\(outcome.text)")
    #expect(outcome.finished?.isIncomplete == false)
    let person = try JSONDecoder().decode(Person.self, from: Data(outcome.text.utf8))
    #expect(1 ... 8 ~= person.name.unicodeScalars.count)
    #expect(1 ... 120 ~= person.age)
    #expect(person.colours.count <= 2)
    #expect(Set(person.colours).isSubset(of: ["red", "green"]))
    if let friend = person.friend { #expect(friend.name.wholeMatch(of: /[A-Z][a-z]{0,5}/) != nil) }
  }

  @Test func `a grammar decides when the text is over`() async throws {
    var request = GenerationRequest.question("Is the sky blue?", maxTokens: 20)
    request.constraint = .grammar(#"root ::= "yes" | "no""#)
    // Even where the model may not end it.
    request.sampling.ignoreEOS = true
    let outcome = try await Outcome(request, on: self.generator)
    #expect(["yes", "no"].contains(outcome.text))
    #expect(outcome.finished?.reason == .stop)
    #expect(outcome.finished?.isIncomplete == false)
  }

  @Test func `a text that its limit ends is marked as incomplete`() async throws {
    var request = GenerationRequest.question("Describe a person.", maxTokens: 4)
    request.constraint = .jsonSchema(Self.personSchema)
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.finished?.reason == .length)
    #expect(outcome.finished?.isIncomplete == true)
    #expect(outcome.text.hasPrefix("{"))
  }

  @Test func `what a stop string takes away counts as missing`() async throws {
    var request = GenerationRequest.question("Say it.", maxTokens: 20)
    request.constraint = .grammar(#"root ::= "one, two, three""#)
    request.stop = ["three"]
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.text == "one, two, ")
    #expect(outcome.finished?.reason == .stopSequence)
    #expect(outcome.finished?.isIncomplete == true)

    request.constraint = .grammar(#"root ::= "one, " ("two, " "three"?)?"#)
    request.sampling.minTokens = 20
    request.stop = []
    let whole = try await Outcome(request, on: self.generator)
    #expect(whole.text == "one, two, three", "it may not end before its end")
    request.sampling.minTokens = 0
    request.stop = ["three"]
    let stopped = try await Outcome(request, on: self.generator)
    #expect(stopped.finished?.isIncomplete == false)
  }

  @Test func `probabilities are those of the model, whatever the constraint allows`() async throws {
    var request = GenerationRequest.question("The capital of France is", maxTokens: 3)
    request.logprobs = 2
    let free = try await Outcome(request, on: self.generator)
    request.constraint = .grammar(#"root ::= "Zanzibar" .*"#)
    let constrained = try await Outcome(request, on: self.generator)
    let (first, forced) = (free.deltas[0].logprobs[0], constrained.deltas[0].logprobs[0])
    #expect(forced.top == first.top)
    #expect(forced.chosen.logprob < first.chosen.logprob)
    #expect(
      constrained.deltas.flatMap(\.logprobs).map(\.chosen.tokenID)
        == constrained.deltas.flatMap(\.tokenIDs)
    )
  }

  @Test(arguments: [
    (
      Constraint.grammar("root ::= root \"a\" | \"a\""),
      "grammar: the rule \"root\" can begin with itself"
    ),
    (.grammar("root ::= (((\"a\""), "grammar: line 1, column 12: the bracket is not closed"),
    (.jsonSchema(#"{"if": {}}"#), "json_schema: the keyword \"if\" at the top is not supported"),
    (.jsonSchema("nothing"), "json_schema: it is not JSON"),
  ])
  func `a constraint that cannot be followed is refused`(
    constraint: Constraint,
    message: String
  ) async throws {
    var request = GenerationRequest.question("Hi", maxTokens: 4)
    request.constraint = constraint
    let error = await #expect(throws: GenerationError.self) {
      try await self.generator.generate(request)
    }
    #expect(error?.code == .invalidRequest)
    #expect(error?.message.hasPrefix(constraint.field) == true)
    #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
  }

  @Test func `a grammar of nothing gets nothing`() async throws {
    var request = GenerationRequest.question("Hi", maxTokens: 4)
    request.constraint = .grammar("root ::= ")
    let outcome = try await Outcome(request, on: self.generator)
    #expect(outcome.text == "")
    #expect(outcome.finished?.reason == .stop)
    #expect(outcome.finished?.isIncomplete == false)
  }

  @Test func `a grammar that gets too expensive ends its own text only`() async throws {
    var request = GenerationRequest(
      input: .prompt("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
      sampling: SamplingOptions(temperature: 0),
      maxTokens: 400
    )
    request.constraint = .grammar(
      "root ::= s\ns ::= \"a\" s \"x\" | \"a\" s \"y\" | \"a\" s \"z\" | \"a\"{100}"
    )
    async let other = Outcome(.question("The capital of France is"), on: self.generator)
    let error = await #expect(throws: GenerationError.self) {
      try await Outcome(request, on: self.generator)
    }
    #expect(error?.message == "grammar: the text so far can match it in too many ways")
    #expect(try await other.text.contains("Paris"))
  }
  /// What may follow is looked for at every token, for longer than a step may take for all texts: they
  /// take turns.
  @Test
  func `texts whose constraints are costly to follow get on beside each other, and beside others`()
    async throws
  {
    let generator = self.generator
    try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
      for number in 0 ..< 6 {
        group.addTask {
          var request = GenerationRequest.question("Write some letters.", maxTokens: 12)
          request.sampling.temperature = 1
          request.sampling.ignoreEOS = true
          // A number of its own: nothing is known of it from another text.
          request.constraint = .grammar(
            """
            # \(number)
            root ::= ((\"a\" | \"b\" | [a-z])* (\"c\" | [^x])*)* \"\(number)!\"
            """
          )
          return (number, try await Outcome(request, on: generator))
        }
      }
      let leaver = Task {
        var request = GenerationRequest.question("Write some letters.", maxTokens: 400)
        request.constraint = .grammar("root ::= ((\"a\" | [b-z])* (\"d\" | [^y])*)* \"!!\"")
        for try await event in try await generator.generate(request) {
          if case .delta = event { return }
        }
      }
      async let other = Outcome(.question("The capital of France is"), on: generator)
      var count = 0
      for try await (number, outcome) in group {
        count += 1
        let isWhole = outcome.text.hasSuffix("\(number)!")
        #expect(outcome.finished?.usage.completionTokens == 12 || isWhole, "\(outcome.text)")
        #expect(outcome.finished?.isIncomplete == !isWhole)
      }
      #expect(count == 6)
      #expect(try await other.text.contains("Paris"))
      try await leaver.value
    }
  }
}
