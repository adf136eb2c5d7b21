import AccessTokens
import ArgumentParser
import Foundation
import Identifiers
import Logging
import RequestLog
import Systemd
import TokenwireServer
import UpstreamGeneration

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a model until Ctrl-C or SIGTERM.",
    discussion: """
      A setting comes from its flag, else from its environment variable (--log-level is \
      TOKENWIRE_LOG_LEVEL), else from the configuration file (there it is "logLevel"), else it has \
      its default.
      """
  )

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

  func run() async throws {
    // Until the server can stop in order. A process that is the first of its container would not get
    // the signal at all.
    signal(SIGTERM) { _ in _exit(0) }
    let configuration = try self.configuration()
    let lines = LogLines.standardError
    // Before the error that ends the command.
    defer { lines.flush() }
    var logger = Logger(label: "tokenwire", factory: { StreamLogHandler(label: $0, stream: lines) })
    logger.logLevel = configuration.logLevel
    FileLimit.raise()
    let hasKeys = configuration.upstreams?.models.contains { $0.key != nil } == true
    if configuration.access.keyFile != nil || hasKeys { ProcessMemory.hide() }
    // Where the log's file may not grow, its writes fail; by itself, the signal ends the process.
    signal(SIGXFSZ, SIG_IGN)
    let server: TokenwireServer
    do {
      server = try await TokenwireServer(configuration, logger: logger)
    } catch let error as LogError {
      throw CommandFailure(configuration.log?.file ?? "The log", error)
    }
    let report: ServiceReport?
    do throws(NotifyError) {
      report = try ServiceReport(logger: logger)
    } catch {
      throw CommandFailure("\(error)")
    }
    try await report.during { try await Self.serve(server, report) }
    // Without exit handlers: they take apart what the thread that loads the model works with.
    if server.isLoading {
      lines.flush()
      _exit(0)
    }
  }

  private static func serve(_ server: TokenwireServer, _ report: ServiceReport?) async throws {
    try await server.run(
      onStopping: { report?.report(.stopping, .status("Stopping: running calls may end")) },
      onReady: { address, models in
        let names = models.map(\.text).joined(separator: ", ")
        let state = "ready on \(address) (\(models.count == 1 ? "model" : "models") \(names))"
        StandardOutput.write("tokenwire is \(state)\n")
        report?.report(.ready, .status(Identifier(state)))
      }
    )
  }

  /// - Throws: the exit code of wrong usage when a setting cannot be used, wherever it comes from.
  private func configuration() throws -> ServerConfiguration {
    let environment = Environment.settings
    let file = self.givenConfigurationFile ?? Variable.configuration.value
    do throws(ConfigurationError) {
      let configuration = try ServerConfiguration(
        flags: self.flags,
        environment: environment,
        file: file
      )
      let notes = try configuration.settingsWithoutEffect(
        flags: self.flags,
        environment: environment,
        file: file
      )
      for note in notes { StandardOutput.writeNote("Warning: \(note)\n") }
      return configuration
    } catch {
      StandardOutput.writeNote("Error: \(error)\n")
      throw ExitCode.validationFailure
    }
  }

  /// What was given, by the names of the settings.
  var flags: [Identifier: String] {
    [
      self.served.values, self.http.values, self.general.values, self.engine.values,
      self.access.values, self.log.values, self.limits.values,
    ].reduce(into: [:]) { flags, group in flags.merge(group) { first, _ in first } }
  }
}
