import ArgumentParser
import RPC
import TokenwireAPI
import TokenwireClient

struct AbortCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "abort",
    abstract: "End a running generation.",
    discussion: "Its caller keeps the text so far, with the finish reason \"cancelled\"."
  )

  @Argument(
    help: "The generation's id, such as gen-10471cf33ed53aca: generate --json prints it first."
  )
  var generationID: String

  @OptionGroup(title: "Server options")
  var call: CallFlags

  func run() async throws {
    try await withInterruption {
      _ = try await self.call.withClient { (client, options) throws(CallError) in
        try await client.api.abort(AbortRequest(generationID: self.generationID), options: options)
      }
      StandardOutput.writeNote("Ended \(self.generationID.asName).\n")
    }
  }
}
