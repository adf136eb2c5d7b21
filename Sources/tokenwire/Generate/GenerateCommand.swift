import ArgumentParser
import RPC
import TokenwireAPI
import TokenwireClient

struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Send a prompt to a server and print the text as it is generated.",
    discussion: """
      The prompt is sent as a message to the model's chat template, so that the model answers it; \
      with --raw it is sent as it is, so that the model continues it. The text goes to standard \
      output, and then each call of a tool as a line of JSON; what the model thinks goes to standard \
      error, and a line about the text. Ctrl-C ends the text and exits with 130.
      """
  )

  @OptionGroup(title: "Prompt options")
  var prompt: PromptFlags

  @OptionGroup(title: "Text options")
  var text: TextFlags

  @OptionGroup(title: "Text options")
  var constraint: ConstraintFlags

  @OptionGroup(title: "Tool options")
  var tools: ToolFlags

  @OptionGroup(title: "Sampling options")
  var sampling: SamplingFlags

  @OptionGroup(title: "Server options")
  var call: CallFlags

  func validate() throws {
    try self.tools.check(raw: self.prompt.raw)
  }

  func run() async throws {
    let jsonFlags = [
      ("--logprobs", self.text.logprobs), ("--prompt-logprobs", self.text.promptLogprobs),
    ]
    for (flag, value) in jsonFlags where value != nil && !self.text.json {
      StandardOutput.writeNote("Warning: \(flag) has no effect without --json\n")
    }
    let request = try self.request()
    try await withInterruption {
      var printer = GenerationPrinter(asJSON: self.text.json, textCount: self.text.n ?? 1)
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
    // Read first, because reading the prompt may wait.
    let constraint = try self.constraint.value
    var conversation = ChatMessages()
    try self.tools.add(to: &conversation)
    let input = try self.prompt.read(in: conversation)
    return GenerateRequest(
      model: self.prompt.model ?? "",
      input: GenerateRequest.Input(input),
      sampling: self.sampling.options,
      maxTokens: self.text.maxTokens,
      stop: self.text.stop,
      echo: self.text.echo,
      logprobs: self.text.logprobs,
      constraint: constraint,
      n: self.text.n,
      deterministic: self.text.deterministic,
      promptLogprobs: self.text.promptLogprobs,
      reportProgress: self.text.progress,
      sessionID: self.text.session ?? ""
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
