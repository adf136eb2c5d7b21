import ArgumentParser
import Identifiers

/// How far words lead through the names of commands.
struct CommandPath {
  /// The names of the command that they lead to, such as "tokenwire" and "logs".
  private(set) var names = ["tokenwire"]
  /// The first word that is no name there; nil when there is none.
  private(set) var unknown: String?
  /// What could stand there; empty behind a command that has no others.
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

  /// What the word that is unknown was probably meant to be.
  var advice: String? {
    self.unknown?.mostSimilar(of: self.choices).map {
      "Did you mean \((self.names + [$0]).joined(separator: " "))?"
    }
  }

  /// - Throws: when a command line asks for help with what is no command: ArgumentParser then shows that
  ///   of the nearest one that is.
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

  /// The word that asks for help with the commands behind it.
  private static let help: Identifier = "help"

  /// The names that lead to a command; nil when it is none of ours.
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
