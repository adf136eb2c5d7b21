import ArgumentParser

@main
struct Tokenwire: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenwire",
    abstract: "Streams a language model's tokens over a binary RPC protocol.",
    subcommands: [
      ServeCommand.self, GenerateCommand.self, HealthCommand.self, KeyCommand.self,
      TokenCommand.self, LogCommand.self, LogsCommand.self, RecordCommand.self, FramesCommand.self,
      ReplayCommand.self,
    ]
  )
}
