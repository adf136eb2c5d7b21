import ArgumentParser

/// How long a text may be, and how it is shown.
struct TextFlags: ParsableArguments {
  @Option(help: "The most tokens to generate; 0 only reads the prompt. (default: 150)")
  var maxTokens: Int32?

  @Option(
    name: .shortAndLong,
    help: "How many texts to generate, each with a seed one larger than that before. (default: 1)"
  )
  var n: Int32?

  @Option(help: "End before this text; may be given several times.")
  var stop: [String] = []

  @Flag(help: "Begin with the prompt.")
  var echo = false

  @Flag(help: "Print the raw events, one JSON object a line.")
  var json = false

  @Option(help: "With --json: how many alternatives to show for each token.")
  var logprobs: Int32?

  @Option(help: "With --json: the same for each token of the prompt.")
  var promptLogprobs: Int32?

  @Flag(help: "Show on standard error how far a long prompt is read.")
  var progress = false

  @Option(help: "The conversation that the text belongs to: the server keeps its prompt longer.")
  var session: String?

  @Flag(
    help: """
      The same prompt with the same seed gives the same text, whatever else the server does; slower.
      """
  )
  var deterministic = false
}
