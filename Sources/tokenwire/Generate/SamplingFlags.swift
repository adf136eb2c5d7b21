import ArgumentParser
import TokenwireAPI

/// The sampling options; the server has defaults for the others.
struct SamplingFlags: ParsableArguments {
  @Option(parsing: .unconditional, help: "0 always takes the likeliest token. (default: 0.8)")
  var temperature: Float?

  @Option(help: "Keep the k likeliest tokens; 0 keeps all. (default: 40)")
  var topK: Int32?

  @Option(help: "Keep the likeliest tokens that sum to p, above 0 and at most 1. (default: 0.95)")
  var topP: Float?

  @Option(help: "Drop tokens less likely than p times the likeliest, 0 to 1. (default: 0.05)")
  var minP: Float?

  @Option(help: "Divides the logits of repeated tokens; 1 is off. (default: 1)")
  var repeatPenalty: Float?

  @Option(
    parsing: .unconditional,
    help: "How many tokens the penalties look back; -1 is all of them. (default: 64)"
  )
  var repeatLastN: Int32?

  @Option(
    parsing: .unconditional,
    help: "Subtracted from the logits of repeated tokens, -2 to 2. (default: 0)"
  )
  var presencePenalty: Float?

  @Option(parsing: .unconditional, help: "The same for each repetition, -2 to 2. (default: 0)")
  var frequencyPenalty: Float?

  @Option(
    help: ArgumentHelp(
      "Add this to the logit of a token, such as 42=-100; may be given several times.",
      valueName: "token=bias"
    ),
    transform: LogitBias.init(flag:)
  )
  var logitBias: [LogitBias] = []

  @Flag(help: "Do not let the model end its text.")
  var ignoreEos = false

  @Option(help: "The fewest tokens to generate before the text may end. (default: 0)")
  var minTokens: Int32?

  @Option(help: "The seed of the random generator. (default: chosen by the server)")
  var seed: UInt32?

  var options: SamplingOptions {
    SamplingOptions(
      temperature: self.temperature,
      topK: self.topK,
      topP: self.topP,
      minP: self.minP,
      repeatPenalty: self.repeatPenalty,
      repeatLastN: self.repeatLastN,
      presencePenalty: self.presencePenalty,
      frequencyPenalty: self.frequencyPenalty,
      seed: self.seed,
      logitBias: self.logitBias,
      ignoreEos: self.ignoreEos,
      minTokens: self.minTokens ?? 0
    )
  }
}

extension LogitBias {
  /// Reads "token=bias".
  fileprivate init(flag text: String) throws {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let token = Int32(parts[0]), let bias = Float(parts[1]) else {
      throw ValidationError("must be a token's number, \"=\" and what is added, such as 42=-100")
    }
    self.init(tokenID: token, bias: bias)
  }
}
