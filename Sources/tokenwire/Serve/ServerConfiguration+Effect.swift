import Identifiers

extension ServerConfiguration {
  /// A sentence for each setting that was given and has no effect, because of another one.
  ///
  /// - Parameters: as of `init(flags:environment:file:)`.
  /// - Throws: `ConfigurationError` when the file cannot be used.
  func settingsWithoutEffect(
    flags: [Identifier: String],
    environment: [Identifier: String],
    file: String?
  ) throws(ConfigurationError) -> [String] {
    let content = try file.map { path throws(ConfigurationError) in try SettingsFile(path: path) }
    let given = Settings.all.filter { setting in
      let name = Identifier(setting.name)
      return flags[name] != nil || environment[Identifier(setting.variable)] != nil
        || content?.texts[name] != nil || content?.lists[name] != nil
    }
    func notes(on condition: SettingCondition, _ explanation: String? = nil) -> [String] {
      let reason = explanation ?? "without \(condition.flag)"
      return given.filter { $0.condition == condition }.map { "\($0.flag) has no effect \(reason)" }
    }
    var found: [String] = []
    switch self.generator {
    case .llama(let models, _):
      found += notes(on: .scriptedGenerator)
      if models.isEmpty {
        found += notes(on: .languageModel, "without \(Settings.served.model.flag)")
      }
    case .scripted:
      found += notes(on: .languageModel, "with the scripted generator")
    case .recording:
      let reason = "with a recording as the generator"
      found += notes(on: .languageModel, reason) + notes(on: .scriptedGenerator, reason)
    }
    if self.access.keyFile == nil {
      found += notes(on: .keyFile)
      if !self.access.allowsAnonymous {
        let anonymous = Settings.access.anonymous.flag
        let keyFile = Settings.access.keyFile.flag
        found.append(
          "\(anonymous) is false, but without \(keyFile) no token is good: nobody can call"
        )
      }
    }
    if self.log == nil { found += notes(on: .log) }
    if self.log?.place.isDatabase != true { found += notes(on: .logDatabase) }
    if self.log?.place.database?.postgreSQL == nil { found += notes(on: .postgreSQLLog) }
    if self.log?.outbox == nil { found += notes(on: .logOutbox) }
    return found
  }
}
