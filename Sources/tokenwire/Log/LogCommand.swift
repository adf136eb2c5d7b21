import ArgumentParser
import Identifiers
import RPC
import TokenwireAPI
import TokenwireClient

struct LogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Store a prompt and its response in a server's log.",
    discussion: "Prints the id of the entry when it is on the server's disk."
  )

  @Option(help: "The prompt; \"-\" reads it from standard input.")
  var prompt: String?

  @Option(
    help: ArgumentHelp("Read the prompt from this file.", valueName: "file"),
    completion: .file()
  )
  var promptFile: String?

  @Option(help: "The response; \"-\" reads it from standard input.")
  var response: String?

  @Option(
    help: ArgumentHelp("Read the response from this file.", valueName: "file"),
    completion: .file()
  )
  var responseFile: String?

  @Option(help: "The model that answered.")
  var model: String?

  @Option(help: "The id of the generation that answered.")
  var generationID: String?

  @Option(help: "The session of the generation that answered.")
  var session: String?

  @Option(
    help: ArgumentHelp(
      "Metadata of the entry, such as ticket=42; may be given several times.",
      valueName: "key=value"
    )
  )
  var metadata: [String] = []

  @Option(help: "An entry with the same key is stored once, however often it is sent.")
  var idempotencyKey: String?

  @OptionGroup(title: "Server options")
  var call: CallFlags

  func validate() throws {
    guard (self.prompt == nil) != (self.promptFile == nil) else {
      throw ValidationError("give either --prompt or --prompt-file")
    }
    guard (self.response == nil) != (self.responseFile == nil) else {
      throw ValidationError("give either --response or --response-file")
    }
    let inputs = [self.prompt, self.promptFile, self.response, self.responseFile]
    guard inputs.count(where: { $0 == "-" }) < 2 else {
      throw ValidationError("standard input has one text: the prompt or the response")
    }
    _ = try self.parsedMetadata()
  }

  func run() async throws {
    let request = LogRequestRequest(
      prompt: try Self.read(self.prompt, self.promptFile, "prompt"),
      response: try Self.read(self.response, self.responseFile, "response"),
      model: self.model ?? "",
      generationID: self.generationID ?? "",
      metadata: try self.parsedMetadata(),
      idempotencyKey: self.idempotencyKey ?? "",
      sessionID: self.session ?? ""
    )
    try await withInterruption {
      let answer = try await self.call.withClient { (client, options) throws(CallError) in
        try await client.api.logRequest(request, options: options)
      }
      StandardOutput.write(answer.id + "\n")
    }
  }

  private static func read(_ text: String?, _ file: String?, _ name: String) throws -> String {
    if let file { return try InputText.file(file, name) }
    return text == "-" ? try InputText.standardInput(name) : text ?? ""
  }

  private func parsedMetadata() throws -> TextMap {
    var metadata = TextMap()
    for text in self.metadata {
      guard let end = text.utf8.firstIndex(of: UInt8(ascii: "=")), end > text.startIndex else {
        throw ValidationError("--metadata \"\(text)\" must be key=value, such as ticket=42")
      }
      let key = Identifier(text[..<end])
      guard metadata[key] == nil else {
        throw ValidationError("--metadata has the key \"\(key)\" twice")
      }
      metadata[key] = String(text[text.utf8.index(after: end)...])
    }
    return metadata
  }
}
