import ArgumentParser
import Identifiers
import Protobuf
import RPC
import TokenwireAPI
import TokenwireClient

struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the models of a server.",
    discussion: """
      A * marks the model for requests that name none. The column "chat" has what the model's chat \
      template knows: plain messages, or also tools, reasoning and system messages.
      """
  )

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @OptionGroup(title: "Server options")
  var call: CallFlags

  func run() async throws {
    try await withInterruption {
      let models = try await self.call.withClient { (client, options) throws(CallError) in
        try await client.api.listModels(ListModelsRequest(), options: options).models
      }
      if self.json {
        for model in models { StandardOutput.write(model.json(.command) + "\n", .json) }
      } else {
        let rows =
          [["", "model", "state", "context", "size", "chat", "description"]] + models.map(Self.row)
        StandardOutput.write(TextTable(rows).text)
      }
    }
  }

  private static func row(_ model: Model) -> [String] {
    [
      model.isDefault ? "*" : "", model.id.asName, model.state.name,
      model.contextLength.contextLength.map { "\($0)" } ?? "",
      model.sizeBytes > 0 ? Int(clamping: model.sizeBytes).byteText : "",
      model.chatTemplate?.abilities ?? "", model.description.onOneLine,
    ]
  }
}

extension ChatTemplate {
  /// What it knows beside plain messages.
  fileprivate var abilities: String {
    let known = [
      ("tools", self.tools), ("reasoning", self.reasoning), ("system", self.systemRole),
    ].compactMap { $1 ? $0 : nil }
    return known.isEmpty ? "plain" : known.joined(separator: ",")
  }
}

extension ModelState {
  /// The name in the protocol without its prefix, such as "ready".
  fileprivate var name: String {
    let name = self == .unspecified ? nil : self.shortName
    return name?.lowercasedASCII.text ?? "unknown"
  }
}
