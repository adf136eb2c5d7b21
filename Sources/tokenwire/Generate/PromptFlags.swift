import ArgumentParser
import TokenwireAPI

/// The input for a model.
struct PromptFlags: ParsableArguments {
  @Argument(help: "The prompt; read from standard input when absent or \"-\".")
  var prompt: String?

  @Option(
    help: ArgumentHelp("Read the prompt from this file.", valueName: "file"),
    completion: .file()
  )
  var promptFile: String?

  @Option(help: "The model to use. (default: the server's)")
  var model: String?

  @Option(help: "A message that tells the model how to answer.")
  var system: String?

  @Flag(help: "Let the model continue the prompt instead of answering it.")
  var raw = false

  func validate() throws {
    if self.raw && self.system != nil {
      throw ValidationError("--system belongs to a conversation, which --raw is not")
    }
    if self.prompt != nil && self.promptFile != nil {
      throw ValidationError("give the prompt or --prompt-file, not both")
    }
  }

  /// The prompt, or a conversation of one message.
  enum Input {
    case prompt(String)
    case messages(ChatMessages)
  }

  /// - Parameter conversation: all of the conversation but its messages.
  /// - Throws: when the prompt cannot be read.
  func read(in conversation: ChatMessages) throws -> Input {
    let prompt = try self.readPrompt()
    // The server refuses an empty prompt.
    if self.raw || prompt.isEmpty { return .prompt(prompt) }
    var messages = [ChatMessage(role: "user", content: prompt)]
    if let system { messages.insert(ChatMessage(role: "system", content: system), at: 0) }
    var conversation = conversation
    conversation.messages = messages
    return .messages(conversation)
  }

  private func readPrompt() throws -> String {
    if let promptFile { return try InputText.file(promptFile, "prompt") }
    if let prompt, prompt != "-" { return prompt }
    return try InputText.standardInput("prompt")
  }
}
