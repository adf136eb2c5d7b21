internal import HTTPTransport
internal import Identifiers
internal import JSON
internal import TokenwireAPI

extension Field where Request: OpenAIRequest {
  /// How tokens are chosen. Defaults are this server's, as in all its APIs, and in llama.cpp.
  static var samplingFields: [Field] {
    [
      .number(
        "temperature",
        0 ... 2,
        "0 is greedy. Default 0.8, as in all APIs of this server; OpenAI's is 1.",
        \.temperature
      ),
      .number("top_p", 0 ... 1, "Above 0. Default 0.95; OpenAI's is 1.", \.topP),
      .integer("top_k", -1 ... Int(Int32.max), "0 and -1 keep all. Default 40.") {
        $0.sampling.topK = max(0, $1)
      },
      .number("min_p", 0 ... 1, "Default 0.05.", \.minP),
      .number("repeat_penalty", 0 ... 100, "Above 0; 1 is off. Default 1.", \.repeatPenalty),
      .number("repetition_penalty", 0 ... 100, "As `repeat_penalty`.", \.repeatPenalty),
      .integer(
        "repeat_last_n",
        -1 ... Int(Int32.max),
        "How many tokens the penalties look at; -1 is the context. Default 64."
      ) { $0.sampling.repeatLastN = $1 },
      .number("presence_penalty", -2 ... 2, "Default 0.", \.presencePenalty),
      .number("frequency_penalty", -2 ... 2, "Default 0.", \.frequencyPenalty),
      .seed, .logitBias,
    ]
  }

  /// Where texts end, and how many there are.
  static var lengthFields: [Field] {
    [
      .stop,
      Field("ignore_eos", .boolean, "The model cannot end its text. Default false.") {
        request,
        place throws(HTTPFailure) in
        request.sampling.ignoreEos = try place.bool()
      },
      .integer(
        "min_tokens",
        0 ... Int(Int32.max),
        "The model cannot end its text in the first this many tokens. Default 0."
      ) { $0.sampling.minTokens = $1 },
      .integer("n", 1 ... 16, "How many texts each prompt gets. Default 1.") { $0.generate.n = $1 },
      Field(
        "deterministic",
        .boolean,
        "The same request with the same seed gives the same tokens. Costs speed. Default false."
      ) { request, place throws(HTTPFailure) in
        request.generate.deterministic = try place.bool()
      },
    ]
  }

  /// How many tokens are generated at most; -1 is as many as the context has room for.
  static func maxTokens(_ name: Identifier, _ summary: String) -> Field {
    .integer(name, -1 ... Int(Int32.max), summary) { request, count in
      request.generate.maxTokens = count < 0 ? nil : count
      if count < 0 { request.generate.maxLength = GenerateRequest.untilContextIsFull }
    }
  }

  static func number(
    _ name: Identifier,
    _ range: ClosedRange<Double>,
    _ summary: String,
    _ option: any WritableKeyPath<SamplingOptions, Float?> & Sendable
  ) -> Field {
    Field(name, .number(range), summary) { request, place throws(HTTPFailure) in
      request.sampling[keyPath: option] = try place.number(in: range)
    }
  }

  private static var seed: Field {
    Field(
      "seed",
      .integer(),
      "The lower 32 bits count; a negative one is as none. Default: chosen by the server."
    ) { request, place throws(HTTPFailure) in
      let seed = try place.integer(Int64.self)
      request.sampling.seed = seed < 0 ? nil : UInt32(truncatingIfNeeded: seed)
    }
  }

  private static var logitBias: Field {
    Field(
      "logit_bias",
      .map(.number(-100 ... 100)),
      "Token ids, as strings, and what is added to their logits. At most 300."
    ) { request, place throws(HTTPFailure) in
      var biases: [LogitBias] = []
      for (name, place) in try place.members() {
        guard let token = Int32(name.text) else {
          throw place.wrong("must be named by the id of a token")
        }
        biases.append(LogitBias(tokenID: token, bias: try place.number(in: -100 ... 100)))
      }
      request.sampling.logitBias = biases
    }
  }

  private static var stop: Field {
    Field(
      "stop",
      .oneOf([.string, .array(.string)]),
      "The text ends before the first of these. At most 16."
    ) { request, place throws(HTTPFailure) in
      if case .string = place.value {
        request.generate.stop = [try place.string()]
      } else if case .array = place.value {
        request.generate.stop = try place.strings()
      } else {
        throw place.mismatch("a string or an array of strings")
      }
    }
  }
}
