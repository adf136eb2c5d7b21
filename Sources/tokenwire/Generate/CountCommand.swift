import ArgumentParser
import RPC
import TokenwireAPI
import TokenwireClient

struct CountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Count the tokens of a prompt, without generating.",
    discussion: """
      The prompt counts as a message in the model's chat template, or with --raw as it is. Prints the \
      number; a line on standard error compares it with the server's context length.
      """
  )

  @OptionGroup(title: "Prompt options")
  var prompt: PromptFlags

  @OptionGroup(title: "Tool options")
  var tools: ToolFlags

  @OptionGroup(title: "Server options")
  var call: CallFlags

  func validate() throws {
    try self.tools.check(raw: self.prompt.raw)
  }

  func run() async throws {
    var conversation = ChatMessages()
    try self.tools.add(to: &conversation)
    let input: CountTokensRequest.Input =
      switch try self.prompt.read(in: conversation) {
      case .prompt(let prompt): .prompt(prompt)
      case .messages(let messages): .messages(messages)
      }
    let request = CountTokensRequest(model: self.prompt.model ?? "", input: input)
    try await withInterruption {
      let count = try await self.call.withClient { (client, options) throws(CallError) in
        try await client.api.countTokens(request, options: options)
      }
      StandardOutput.write("\(count.tokens)\n")
      if let contextLength = count.contextLength.contextLength {
        StandardOutput.writeNote("[of \(contextLength) that prompt and text may have]\n")
      }
    }
  }
}
