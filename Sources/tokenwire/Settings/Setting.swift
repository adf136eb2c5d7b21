import Configuration

/// A setting of the server, declared once: its flag, its variable, its key in the file, its help and
/// its line in docs/settings.md come from here.
struct Setting<Value: Sendable>: DeclaredSetting {
  let name: String
  /// The allowed values, and how they are parsed.
  let form: SettingForm<Value>
  let standard: SettingDefault
  let help: String
  let valueName: String?
  let condition: SettingCondition?
  let isSecret: Bool

  /// - Parameters:
  ///   - name: the key in the file, such as "logLevel"; the flag and the variable follow from it.
  ///   - standard: the default.
  ///   - valueName: the value's name in the help; nil is the flag's name.
  ///   - condition: without it, the setting has no effect; nil: none.
  ///   - isSecret: whether messages must not show the value.
  ///   - help: a sentence, without the default.
  init(
    _ name: String,
    _ form: SettingForm<Value>,
    default standard: SettingDefault,
    valueName: String? = nil,
    needs condition: SettingCondition? = nil,
    isSecret: Bool = false,
    _ help: String
  ) {
    self.name = name
    self.form = form
    self.standard = standard
    self.help = help
    self.valueName = valueName
    self.condition = condition
    self.isSecret = isSecret
  }

  var shape: SettingShape { self.form.shape }
  var documentation: String { self.form.documentation }

  /// - Throws: `ConfigurationError` for a value that is missing, malformed or out of range.
  func read(from settings: SettingReader) throws(ConfigurationError) -> Value {
    try self.form.read(self, settings)
  }

  func check(_ settings: SettingReader) throws(ConfigurationError) {
    _ = try self.read(from: settings)
  }
}

/// A setting of any type.
protocol DeclaredSetting: Sendable {
  /// The name, such as "logLevel".
  var name: String { get }
  var shape: SettingShape { get }
  /// The allowed values, in words.
  var documentation: String { get }
  var standard: SettingDefault { get }
  var help: String { get }
  var valueName: String? { get }
  var condition: SettingCondition? { get }
  var isSecret: Bool { get }

  /// - Throws: `ConfigurationError` when the given value cannot be used.
  func check(_ settings: SettingReader) throws(ConfigurationError)
}

/// A condition without which some settings have no effect.
enum SettingCondition: Sendable {
  case languageModel
  case scriptedGenerator
  case keyFile
  case log
  case logDatabase
  case postgreSQLLog
  case logOutbox

  /// The flag that meets the condition.
  var flag: String {
    switch self {
    case .languageModel: "\(Settings.general.generator.flag) llama"
    case .scriptedGenerator: "\(Settings.general.generator.flag) scripted"
    case .keyFile: Settings.access.keyFile.flag
    case .log: Settings.log.logStore.flag
    case .logDatabase: "\(Settings.log.logStore.flag) postgresql://... or mongodb://..."
    case .postgreSQLLog: "\(Settings.log.logStore.flag) postgresql://..."
    case .logOutbox: Settings.log.logOutbox.flag
    }
  }
}

extension DeclaredSetting {
  /// The key of the setting for all providers.
  var key: ConfigKey { ConfigKey([self.name]) }

  /// The words of the name, "log" and "level".
  private var words: [String] {
    self.name.reduce(into: [""]) { words, letter in
      if letter.isUppercase { words.append("") }
      words[words.count - 1] += letter.lowercased()
    }
  }

  /// Such as "log-level".
  var flagName: String { self.words.joined(separator: "-") }

  /// Such as "--log-level".
  var flag: String { "--" + self.flagName }

  /// Such as "TOKENWIRE_LOG_LEVEL".
  var variable: String {
    let words = self.words.map { $0.uppercased() }  // compares words of ours
    return (["TOKENWIRE"] + words).joined(separator: "_")
  }

  /// All names of the setting, for messages.
  var everywhere: String { "\(self.flag) (\(self.variable), or \"\(self.name)\" in the file)" }
}
