import ArgumentParser
import Identifiers

/// Resolves words to a command and its subcommands.
struct CommandPath {
  /// The names of the command that was found, such as "tokenwire" and "logs".
  private(set) var names = ["tokenwire"]
  /// The first word that is not a command; nil if all are.
  private(set) var unknown: String?
  /// The subcommands that could follow; empty for a command without any.
  private(set) var choices: [String]

  init(_ words: some Sequence<String>) {
    var commands = Tokenwire.configuration.subcommands
    self.choices = commands.map { $0.name }
    for word in words {
      guard let command = commands.first(where: { Identifier($0.name) == Identifier(word) }) else {
        self.unknown = word
        return
      }
      self.names.append(word)
      commands = command.configuration.subcommands
      self.choices = commands.map { $0.name }
    }
  }

  /// What the unknown word was probably meant to be.
  var advice: String? {
    self.unknown?.mostSimilar(of: self.choices).map {
      "Did you mean \((self.names + [$0]).joined(separator: " "))?"
    }
  }

  /// - Throws: when a command line asks for help with an unknown command, for which ArgumentParser
  ///   would show the help of its parent.
  static func checkHelp(_ commandLine: [String]) throws {
    let words = commandLine.dropFirst()
    guard words.first.map({ Identifier($0) }) == Self.help,
      !words.contains(where: { $0.utf8.first == UInt8(ascii: "-") })
    else { return }
    let asked = words.dropFirst()
    let path = Self(asked)
    guard let unknown = path.unknown, asked.map({ Identifier($0) }) != [Self.help] else { return }
    throw ValidationError(
      "There is no command \((path.names.dropFirst() + [unknown]).joined(separator: " "))"
    )
  }

  /// The word that asks for help with the commands after it.
  private static let help: Identifier = "help"

  /// The names that lead to a command; nil if it is not ours.
  static func names(of command: any ParsableCommand.Type) -> [String]? {
    self.names(of: command, below: Tokenwire.self).map { ["tokenwire"] + $0 }
  }

  private static func names(
    of command: any ParsableCommand.Type,
    below parent: any ParsableCommand.Type
  ) -> [String]? {
    for child in parent.configuration.subcommands {
      if child == command { return [child.name] }
      if let names = self.names(of: command, below: child) { return [child.name] + names }
    }
    return nil
  }
}

extension ParsableCommand {
  fileprivate static var name: String {
    Self.configuration.commandName ?? "\(Self.self)".lowercased()  // compares words of ours
  }
}
