import ArgumentParser
import FrameRPC
import TokenwireAPI
import TokenwireClient

struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Send a prompt to a server and print the text as it is generated.",
    discussion: """
      The prompt is sent as a message to the model's chat template, so that the model answers it; \
      with --raw it is sent as it is, so that the model goes on with it. The text goes to standard \
      output, a line about it to standard error. Ctrl-C ends the text and exits with 130.
      """
  )

  @OptionGroup
  var prompt: PromptFlags

  @Option(help: "The most tokens to generate. (default: 150)")
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

  @Flag(
    help: """
      The same prompt with the same seed gives the same text, whatever else the server does; slower.
      """
  )
  var deterministic = false

  @OptionGroup
  var constraint: ConstraintFlags

  @OptionGroup
  var call: CallFlags

  @OptionGroup(title: "Sampling options")
  var sampling: SamplingFlags

  func run() async throws {
    if self.logprobs != nil && !self.json {
      StandardOutput.writeNote("Warning: --logprobs has no effect without --json\n")
    }
    let request = try self.request()
    try await withInterruption {
      var printer = GenerationPrinter(asJSON: self.json, textCount: self.n ?? 1)
      do {
        try await self.call.withClient { (client, options) throws(CallError) in
          for try await response in try await client.generate(request, options: options) {
            printer.print(response)
          }
        }
      } catch {
        printer.endLine()
        throw error
      }
    }
  }

  private func request() throws -> GenerateRequest {
    // Before the prompt is waited for.
    let constraint = try self.constraint.value
    let input = try self.prompt.read()
    return GenerateRequest(
      model: self.prompt.model ?? "",
      input: GenerateRequest.Input(input),
      sampling: self.sampling.options,
      maxTokens: self.maxTokens,
      stop: self.stop,
      echo: self.echo,
      logprobs: self.logprobs,
      constraint: constraint,
      n: self.n,
      deterministic: self.deterministic
    )
  }
}

extension GenerateRequest.Input {
  fileprivate init(_ input: PromptFlags.Input) {
    self =
      switch input {
      case .prompt(let prompt): .prompt(prompt)
      case .messages(let messages): .messages(messages)
      }
  }
}
