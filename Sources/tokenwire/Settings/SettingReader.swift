import Configuration
import Identifiers

/// Reads settings: flags before environment variables before the file before the defaults.
struct SettingReader {
  private let reader: ConfigReader
  /// The names of settings that are given as an empty text.
  private let emptied: Set<Identifier>

  /// - Parameters:
  ///   - flags: settings from the command line, by their names, as they were written there.
  ///   - environment: the variables of the process; those of settings begin with `TOKENWIRE_`.
  ///   - file: the path of a JSON object with settings; nil reads none.
  ///   - settings: the settings to read.
  /// - Throws: `ConfigurationError` for a file that cannot be read, and a key in it that is not a
  ///   setting.
  init(
    flags: [Identifier: String],
    environment: [Identifier: String],
    file: String?,
    settings: [any DeclaredSetting] = Settings.all
  ) throws(ConfigurationError) {
    let secrets = Set(settings.filter(\.isSecret).map(\.variable))  // compares words of ours
    func provider(_ text: (any DeclaredSetting) -> String?) -> any ConfigProvider {
      let texts = settings.compactMap { setting in text(setting).map { (setting.variable, $0) } }
      return EnvironmentVariablesProvider(
        environmentVariables: Dictionary(uniqueKeysWithValues: texts),  // compares words of ours
        secretsSpecifier: .specific(secrets)
      ).prefixKeys(with: "tokenwire")
    }
    var providers = [
      provider { flags[Identifier($0.name)] },
      provider { environment[Identifier($0.variable)] },
    ]
    let content = try file.map { path throws(ConfigurationError) in
      try SettingsFile(path: path, settings: settings)
    }
    if let content {
      providers.append(provider { content.texts[Identifier($0.name)] })
      providers.append(Self.provider(of: content.lists))
    }
    providers.append(provider { $0.standard.text })
    self.reader = ConfigReader(providers: providers)
    self.emptied = Set(
      settings.filter { setting in
        let name = Identifier(setting.name)
        let given =
          flags[name] ?? environment[Identifier(setting.variable)] ?? content?.texts[name]
        return given?.isEmpty == true
      }.map { Identifier($0.name) }
    )
  }

  private static func provider(of lists: [Identifier: [String]]) -> any ConfigProvider {
    InMemoryProvider(
      values: Dictionary(
        uniqueKeysWithValues: lists.map { name, texts in
          (AbsoluteConfigKey([name.text]), ConfigValue(.stringArray(texts), isSecret: false))
        }
      )
    )
  }

  func text(of setting: any DeclaredSetting) throws(ConfigurationError) -> String {
    do {
      return try self.reader.requiredString(forKey: setting.key)
    } catch {
      throw ConfigurationError("\(setting.everywhere) is missing, or is not text")
    }
  }

  /// Nil when it is not given.
  ///
  /// - Throws: when it is given and empty: what is meant, such as the file of a variable that is not
  ///   set, would be left out.
  func optionalText(of setting: any DeclaredSetting) throws(ConfigurationError) -> String? {
    if self.emptied.contains(Identifier(setting.name)) {
      throw ConfigurationError("\(setting.everywhere) is empty: leave it out, or give a value")
    }
    let text = try self.text(of: setting)
    return text.isEmpty ? nil : text
  }

  /// Whether a setting without a default is given.
  func has(_ setting: any DeclaredSetting) -> Bool {
    (try? self.texts(of: setting)) != nil
  }

  /// Several texts, at least one: an array in the file, elsewhere one text with commas.
  func texts(of setting: any DeclaredSetting) throws(ConfigurationError) -> [String] {
    let texts: [String]
    if let text = try? self.reader.requiredString(forKey: setting.key) {
      texts = text.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) }
    } else {
      texts = (try? self.reader.requiredStringArray(forKey: setting.key)) ?? []
    }
    guard !texts.isEmpty, texts.allSatisfy({ !$0.isEmpty }) else {
      throw ConfigurationError("\(setting.everywhere) is missing, or is not text")
    }
    return texts
  }

  func bool(of setting: any DeclaredSetting) throws(ConfigurationError) -> Bool {
    do {
      return try self.reader.requiredBool(forKey: setting.key)
    } catch {
      throw ConfigurationError("\(setting.everywhere) must be true or false")
    }
  }

  /// Nil when it is not a whole number.
  func number(of setting: any DeclaredSetting) -> Int? {
    try? self.reader.requiredInt(forKey: setting.key)
  }
}
