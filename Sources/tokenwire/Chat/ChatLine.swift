/// A line of a chat that is no message but says what to do.
enum ChatLine {
  case help
  case system(String)
  case save(String)
  case clear
  case quit
  case unknown(String)
  /// There is something behind a command that stands alone.
  case excess(String)

  /// Nil for a message. Who wants to say something that begins with a slash begins with a blank.
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
  /// - Throws: `CommandFailure` when it cannot be done.
  func run(on conversation: inout Conversation) throws -> Bool {
    switch self {
    case .help:
      StandardOutput.writeNote(
        """
        /system TEXT  tell the model how to answer, from now on; without a text, show what it was told
        /clear        forget what was said
        /save FILE    write the conversation to a new file
        /quit         end the chat, as Ctrl-D does
        A line that ends with a backslash goes on in the next one, as one message.
        A message that begins with a slash needs a blank before it.

        """
      )
    case .system(""):
      StandardOutput.writeNote((conversation.system ?? "The model was told nothing.") + "\n")
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
        "\(name) stands alone; a message that begins with a slash needs a blank before it"
      )
    case .unknown(let name):
      throw CommandFailure("there is no \(name): /help lists what there is")
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
