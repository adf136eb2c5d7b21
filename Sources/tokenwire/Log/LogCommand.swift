import ArgumentParser
import FrameRPC
import TokenwireAPI
import TokenwireClient

struct LogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Store a prompt and its response in a server's log.",
    discussion: "Prints the id of the entry when it is on the server's disk."
  )

  @OptionGroup
  var server: ServerFlags

  @OptionGroup
  var token: TokenFlags

  @Option(help: "What was asked.")
  var prompt: String

  @Option(help: "What was answered.")
  var response: String

  @Option(help: "The model that answered.")
  var model: String?

  @Option(help: "The generation that answered.")
  var generationID: String?

  @Option(help: "The same key is stored once, however often it is sent.")
  var idempotencyKey: String?

  func run() async throws {
    do throws(CallError) {
      let client = try await self.server.connect(token: self.token.value)
      let answer = try await client.api.logRequest(
        LogRequestRequest(
          prompt: self.prompt,
          response: self.response,
          model: self.model ?? "",
          generationID: self.generationID ?? "",
          idempotencyKey: self.idempotencyKey ?? ""
        )
      )
      StandardOutput.write(answer.id + "\n")
      await client.close()
    } catch {
      throw CommandFailure(error.description)
    }
  }
}
