import ArgumentParser
import Foundation
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

  @Argument(help: "The prompt; read from standard input when absent or \"-\".")
  var prompt: String?

  @OptionGroup
  var server: ServerFlags

  @Option(help: "The model to use. (default: the server's)")
  var model: String?

  @Flag(help: "Let the model go on with the prompt instead of answering it.")
  var raw = false

  @Option(help: "A message that tells the model how to answer.")
  var system: String?

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

  @Option(help: "Give up after this many seconds.")
  var timeout: Double?

  @Flag(help: "Print the raw events, one JSON object a line.")
  var json = false

  @OptionGroup
  var token: TokenFlags

  @OptionGroup(title: "Sampling options")
  var sampling: SamplingFlags

  func validate() throws {
    if self.raw && self.system != nil {
      throw ValidationError("--system belongs to a conversation, which --raw is not")
    }
    if let timeout, !(timeout > 0 && timeout < 1e9) {
      throw ValidationError("--timeout must be above 0")
    }
  }

  func run() async throws {
    let request = try self.request()
    let options = CallOptions(timeout: self.timeout.map { .seconds($0) })
    try await withInterruption {
      var printer = GenerationPrinter(asJSON: self.json, textCount: self.n ?? 1)
      do throws(CallError) {
        let client = try await self.server.connect(token: self.token.value)
        for try await response in try await client.generate(request, options: options) {
          printer.print(response)
        }
        await client.close()
      } catch {
        printer.endLine()
        throw CommandFailure(error.description)
      }
    }
  }

  private func request() throws -> GenerateRequest {
    let prompt = try self.readPrompt()
    var messages = [ChatMessage(role: "user", content: prompt)]
    if let system { messages.insert(ChatMessage(role: "system", content: system), at: 0) }
    return GenerateRequest(
      model: self.model ?? "",
      input: self.raw || prompt.isEmpty
        ? .prompt(prompt) : .messages(ChatMessages(messages: messages)),
      sampling: self.sampling.options,
      maxTokens: self.maxTokens,
      stop: self.stop,
      echo: self.echo,
      logprobs: self.logprobs,
      constraint: try self.constraint.value,
      n: self.n,
      deterministic: self.deterministic
    )
  }

  private func readPrompt() throws -> String {
    if let prompt, prompt != "-" { return prompt }
    let bytes = try FileHandle.standardInput.readToEnd() ?? Data()
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure("The prompt on standard input is not UTF-8")
    }
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}

/// A failure that is told in one sentence, with exit code 1.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
