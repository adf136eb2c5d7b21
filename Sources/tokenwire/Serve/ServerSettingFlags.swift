import ArgumentParser
import Identifiers

/// The settings of a server, on the command line of what runs one.
struct ServerSettingFlags: ParsableArguments {
  @OptionGroup(title: ServedSettings.title)
  var served: SettingFlags<ServedSettings>

  @OptionGroup(title: HTTPSettings.title)
  var http: SettingFlags<HTTPSettings>

  @OptionGroup
  var general: SettingFlags<GeneralSettings>

  @Option(
    name: .customLong("config"),
    help: "A JSON file with settings. (default: $TOKENWIRE_CONFIG)",
    completion: .file()
  )
  var givenConfigurationFile: String?

  @OptionGroup(title: EngineSettings.title)
  var engine: SettingFlags<EngineSettings>

  @OptionGroup(title: AccessSettings.title)
  var access: SettingFlags<AccessSettings>

  @OptionGroup(title: LogSettings.title)
  var log: SettingFlags<LogSettings>

  @OptionGroup(title: LimitSettings.title)
  var limits: SettingFlags<LimitSettings>

  static let precedence = """
    A setting comes from its flag, else from its environment variable (--log-level is \
    TOKENWIRE_LOG_LEVEL), else from the configuration file (there it is "logLevel"), else it has its \
    default.
    """

  /// What was given, by the names of the settings.
  var values: [Identifier: String] {
    [
      self.served.values, self.http.values, self.general.values, self.engine.values,
      self.access.values, self.log.values, self.limits.values,
    ].reduce(into: [:]) { flags, group in flags.merge(group) { first, _ in first } }
  }

  /// The configuration, wherever its settings come from. Warns of those that have no effect.
  func configuration() throws(ConfigurationError) -> ServerConfiguration {
    let environment = Environment.settings
    let file = self.givenConfigurationFile ?? Variable.configuration.value
    let configuration = try ServerConfiguration(
      flags: self.values,
      environment: environment,
      file: file
    )
    let notes = try configuration.settingsWithoutEffect(
      flags: self.values,
      environment: environment,
      file: file
    )
    for note in notes { StandardOutput.writeNote("Warning: \(note)\n") }
    return configuration
  }
}
