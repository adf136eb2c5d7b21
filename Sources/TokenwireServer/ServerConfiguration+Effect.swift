public import Identifiers

extension ServerConfiguration {
  /// A sentence for each setting that was given and has no effect, because of another one.
  ///
  /// - Parameters: as of `init(flags:environment:file:)`.
  /// - Throws: `ConfigurationError` when the file cannot be used.
  public func settingsWithoutEffect(
    flags: [Setting: String],
    environment: [Identifier: String],
    file: String?
  ) throws -> [String] {
    let settings = try file.map { try SettingsFile(path: $0) }
    func isGiven(_ setting: Setting) -> Bool {
      flags[setting] != nil || environment[Identifier(setting.variable)] != nil
        || settings?.texts[setting] != nil || settings?.lists[setting] != nil
    }
    func notes(on candidates: [Setting], _ reason: String) -> [String] {
      candidates.filter(isGiven).map { "\($0.flag) has no effect \(reason)" }
    }
    var found: [String] = []
    switch self.generator {
    case .llama:
      found += notes(
        on: [.scriptedText, .scriptedPace],
        "without \(Setting.generator.flag) scripted"
      )
    case .scripted:
      found += notes(on: Setting.ofModels, "with the scripted generator")
    case .recording:
      found += notes(
        on: Setting.ofModels + [.scriptedText, .scriptedPace],
        "with a recording as the generator"
      )
    }
    if self.access.keyFile == nil {
      found += notes(on: Setting.ofTokens, "without \(Setting.keyFile.flag)")
      if !self.access.allowsAnonymous {
        found.append(
          """
          \(Setting.anonymous.flag) is false, but without \(Setting.keyFile.flag) no token is good: \
          nobody can call
          """
        )
      }
    }
    if self.log == nil {
      found += notes(on: Setting.ofLog, "without \(Setting.logFile.flag)")
    }
    return found
  }
}

extension Setting {
  fileprivate static let ofModels: [Setting] = [
    .model, .modelLoading, .modelIdleTimeout, .gpuLayers, .parallel, .context, .threads, .maxQueue,
    .interTokenLimit, .prefixCache, .prefixSharing,
  ]
  fileprivate static let ofTokens: [Setting] = [
    .revocationFile, .tokenIssuer, .tokenAudience, .tokenLeeway, .userRequestsPerMinute,
    .userTokensPerMinute, .userStreams,
  ]
  fileprivate static let ofLog: [Setting] = [
    .logContent, .logMaxAge, .logMaxSize, .logPruneInterval, .logMaxPromptSize,
    .logMaxResponseSize, .logMaxMetadataKeys, .logMaxMetadataSize, .logMaxWaitingEntries,
    .logMaxWaitingSize,
  ]
}
