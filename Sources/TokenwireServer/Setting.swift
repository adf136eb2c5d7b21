internal import Configuration

/// A setting of the server, by the name that it has in the configuration file.
public enum Setting: String, CaseIterable, Sendable {
  /// Where to listen, "host:port". Default "127.0.0.1:7437".
  case listen
  /// What generates text, "llama" or "scripted". Default "llama".
  case generator
  /// The path of the model, a GGUF file. No default.
  case model
  /// How many sequences are decoded at once, 1 to 256. Default 4.
  case parallel
  /// The longest prompt and text together, in tokens, of each sequence; at least 16. Default 2048.
  case context
  /// How many threads compute, 1 to 512. Default: the number of processors.
  case threads
  /// What the scripted generator says. Default: a sentence.
  case scriptedText
  /// The time from one token of the scripted generator to the next, such as "20ms". Default "0ms".
  case scriptedPace
  /// The least severe log entries to write: "trace", "debug", "info", "notice", "warning", "error"
  /// or "critical". Default "info".
  case logLevel

  /// The key that all providers of settings know it by.
  var key: ConfigKey { ConfigKey([self.rawValue]) }

  /// The words of the name, "log" and "level".
  private var words: [String] {
    self.rawValue.reduce(into: [""]) { words, letter in
      if letter.isUppercase { words.append("") }
      words[words.count - 1] += letter.lowercased()
    }
  }

  /// Such as "--log-level".
  public var flag: String { "--" + self.words.joined(separator: "-") }

  /// Such as "TOKENWIRE_LOG_LEVEL".
  public var variable: String {
    (["TOKENWIRE"] + self.words.map { $0.uppercased() }).joined(separator: "_")
  }

  /// All names of the setting, for messages.
  var everywhere: String { "\(self.flag) (\(self.variable), or \"\(self.rawValue)\" in the file)" }
}
