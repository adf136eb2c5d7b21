/// A line of a chat that is a command, not a message.
enum ChatLine {
  case help
  case system(String)
  case save(String)
  case clear
  case quit
  case unknown(String)
  /// A command that takes no text is followed by some.
  case excess(String)

  /// Nil for a message. A message can begin with a space and a slash.
  init?(_ line: String) {
    guard line.utf8.first == UInt8(ascii: "/") else { return nil }
    let words = line.split(separator: " ", maxSplits: 1)
    let rest = words.count > 1 ? words[1].trimmingWhitespace : ""
    switch words[0] {
    case "/help" where rest.isEmpty: self = .help
    case "/system": self = .system(rest)
    case "/save": self = .save(rest)
    case "/clear" where rest.isEmpty: self = .clear
    case "/quit" where rest.isEmpty, "/exit" where rest.isEmpty: self = .quit
    case "/help", "/clear", "/quit", "/exit": self = .excess(String(words[0]))
    case let other: self = .unknown(String(other))
    }
  }

  /// - Returns: false when the chat is over.
  /// - Throws: `CommandFailure` when the command fails.
  func run(on conversation: inout Conversation) throws -> Bool {
    switch self {
    case .help:
      StandardOutput.writeNote(
        """
        /system TEXT  tell the model how to answer, from now on; without a text, show the last one
        /clear        forget the conversation
        /save FILE    write the conversation to a new file
        /quit         end the chat, as Ctrl-D does
        A line that ends with a backslash continues in the next one, as one message.
        A message that begins with a slash needs a space before it.

        """
      )
    case .system(""):
      StandardOutput.writeNote((conversation.system ?? "There is no system message.") + "\n")
    case .system(let text):
      conversation.system = text
    case .save(""):
      throw CommandFailure("/save needs the name of a new file, such as /save chat.json")
    case .save(let path):
      try conversation.save(to: path)
      let count = conversation.messages.count
      StandardOutput.writeNote("Saved \(count) messages in \(path).\n")
    case .clear:
      conversation.turns = []
    case .quit:
      return false
    case .excess(let name):
      throw CommandFailure(
        "\(name) takes no text; a message that begins with a slash needs a space before it"
      )
    case .unknown(let name):
      throw CommandFailure("there is no \(name): /help lists the commands")
    }
    return true
  }
}

extension Substring {
  fileprivate var trimmingWhitespace: String {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
