import ArgumentParser
import Identifiers

/// Advice about a wrong command line, for which ArgumentParser says only what is wrong.
struct CommandLineAdvice {
  /// Without the name of the command itself.
  private let arguments: [String]

  init(_ commandLine: [String]) {
    self.arguments = Array(commandLine.dropFirst())
  }

  /// - Parameter mistake: ArgumentParser's message.
  /// - Returns: a line; nil when there is nothing to add.
  func text(for mistake: String) -> String? {
    if mistake.utf8.starts(with: "Missing value for".utf8) { return self.valueWithDash }
    if mistake.utf8.starts(with: "There is no command".utf8) { return self.misspeltHelp }
    let isUnknownOption = mistake.utf8.starts(with: "Unknown option".utf8)
    if isUnknownOption || mistake.utf8.contains("unexpected argument".utf8)
      || mistake.utf8.starts(with: "Unexpected argument".utf8)
    {
      return self.misspeltCommand ?? self.textWithDash ?? (isUnknownOption ? nil : self.textInWords)
    }
    return nil
  }

  /// An option whose value begins with a dash.
  private var valueWithDash: String? {
    for (option, value) in zip(self.arguments, self.arguments.dropFirst())
    where option.dashes > 0 && value.dashes > 0 && !option.hasValue {
      guard value.dashes == 1 || value.contains(where: \.isWhitespace) || value == "--" else {
        continue
      }
      return "A value that begins with a dash is given with \"=\": \(option)=\(value.shellWord)"
    }
    let options = self.arguments.filter { $0.dashes == 2 && !$0.hasValue }
    guard let option = options.last else { return nil }
    return "A value that begins with a dash is given with \"=\", such as \(option)=-value"
  }

  /// A prompt that begins with a dash.
  private var textWithDash: String? {
    guard let command = self.arguments.first, ["generate", "count"].contains(command) else {
      return nil
    }
    let text = self.arguments.first { argument in
      argument.dashes > 0
        && (argument.contains(where: \.isWhitespace)
          || argument.dashes == 1 && argument.dropFirst().first?.isLetter == false)
    }
    guard let text else { return nil }
    let rest = self.arguments.dropFirst().filter { Identifier($0) != Identifier(text) }.map(
      \.shellWord
    )
    let words = ["tokenwire", command] + rest + ["--", text.shellWord]
    return "A prompt that begins with a dash comes behind --: \(words.joined(separator: " "))"
  }

  /// A prompt that is not in quotes.
  private var textInWords: String? {
    guard let command = self.arguments.first, ["generate", "count"].contains(command),
      self.arguments.dropFirst().count(where: { $0.dashes == 0 }) > 1
    else { return nil }
    return "A prompt of several words needs quotes around it: 'Why is the sky blue?'"
  }

  private var misspeltCommand: String? {
    guard let given = self.arguments.first, given.dashes == 0 else { return nil }
    return CommandPath(self.arguments.prefix(2)).advice
  }

  private var misspeltHelp: String? {
    CommandPath(self.arguments.dropFirst()).advice
  }
}

extension String {
  /// How many dashes an argument begins with: 2 for a long option, 1 for a short one, else 0.
  fileprivate var dashes: Int { self.utf8.prefix(2).prefix { $0 == UInt8(ascii: "-") }.count }

  /// Whether an option has its value after "=".
  fileprivate var hasValue: Bool { self.utf8.contains(UInt8(ascii: "=")) }

  /// The text as a word for a shell.
  var shellWord: String {
    let isPlain = self.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "A") ... UInt8(ascii: "Z"),
        UInt8(ascii: "0") ... UInt8(ascii: "9"):
        true
      default: "-_./:=,%+@".utf8.contains(byte)
      }
    }
    return isPlain && !self.isEmpty ? self : "'" + self.replacing("'", with: #"'\''"#) + "'"
  }
}
