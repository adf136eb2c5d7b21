import ArgumentParser
import Foundation
import Listening

@main
struct Tokenwire: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenwire",
    abstract: "Streams a language model's tokens over a binary RPC protocol.",
    discussion: """
      Exit codes: 0 success; 1 the command or its call failed; 2 of health, the server does not \
      answer; 64 the command line, or a setting, is wrong; 130 Ctrl-C; 141 the reader of standard \
      output is gone; 143 SIGTERM.
      """,
    version: "0.1.0",
    subcommands: [
      ServeCommand.self, LambdaCommand.self, GenerateCommand.self, ChatCommand.self,
      ModelsCommand.self,
      UpstreamsCommand.self,
      CountCommand.self, AbortCommand.self, HealthCommand.self, KeyCommand.self,
      TokenCommand.self, LogCommand.self, LogsCommand.self, RecordCommand.self, FramesCommand.self,
      ReplayCommand.self, SettingsCommand.self, EndpointsCommand.self,
    ]
  )

  // Replaces ArgumentParser's `main`, whose messages quote arguments and would bypass
  // `StandardOutput`.
  static func main() async {
    StandardFiles.open()
    // The running command; nil while the command line is parsed.
    var running: (any ParsableCommand.Type)?
    do {
      try CommandLineBytes.check()
      var command = try Self.parseAsRoot()
      try CommandPath.checkHelp(CommandLine.arguments)
      running = type(of: command)
      Variable.warnOfMisspelt()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      let code = Self.exitCode(for: error)
      let message = Self.fullMessage(for: error, of: running)
      if code.isSuccess {
        StandardOutput.write(message.isEmpty ? "" : message + "\n")
      } else if !message.isEmpty {
        let mistake = Self.message(for: error)
        let advice = CommandLineAdvice(CommandLine.arguments).text(for: mistake)
        StandardOutput.writeNote(message.inserting(advice, behind: mistake) + "\n")
      }
      StandardOutput.end(with: code.rawValue)
    }
  }

  /// - Parameter running: the command that found the mistake while it ran; ArgumentParser would
  ///   show the root's usage for it.
  private static func fullMessage(
    for error: any Error,
    of running: (any ParsableCommand.Type)?
  ) -> String {
    switch error {
    case let mistake as ValidationError:
      guard let running, let names = CommandPath.names(of: running) else { break }
      return """
        Error: \(mistake.message)
        Usage: \(Self.usageString(for: running))
          See '\(names.joined(separator: " ")) --help' for more information.
        """
    case let error as TLSError:
      return "Error: \(TLSAdvice.addingFlags(to: error.message))"
    default: break
    }
    return Self.fullMessage(for: error)
  }
}

extension String {
  /// The text with a line inserted after the first occurrence of `part`.
  fileprivate func inserting(_ line: String?, behind part: String) -> String {
    guard let line, let range = self.firstRange(of: part) else { return self }
    return self.replacingCharacters(in: range, with: "\(part)\n\(line)")
  }
}
