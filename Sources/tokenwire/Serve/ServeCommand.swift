import AccessTokens
import ArgumentParser
import Foundation
import Identifiers
import Logging
import RequestLog
import TokenwireServer

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

  @OptionGroup(title: "Address and models")
  var main: ServedFlags

  @Option(
    help: """
      llama; or scripted, a server that needs no model; or recording:FILE, which plays the answers \
      of a recording again. (default: llama)
      """
  )
  var generator: String?

  @Option(help: "What the scripted generator says, over and over.")
  var scriptedText: String?

  @Option(help: "The time from one of its tokens to the next, such as 20ms. (default: 0ms)")
  var scriptedPace: String?

  @Option(help: "trace, debug, info, notice, warning, error or critical. (default: info)")
  var logLevel: String?

  @Option(
    name: .customLong("config"),
    help: "A JSON file with settings. (default: $TOKENWIRE_CONFIG)",
    completion: .file()
  )
  var givenConfigurationFile: String?

  @OptionGroup(title: "Engine")
  var engine: EngineFlags

  @OptionGroup(title: "Access")
  var access: AccessFlags

  @OptionGroup(title: "Log")
  var log: LogFlags

  @OptionGroup(title: "Limits")
  var limits: LimitFlags

  func run() async throws {
    let configuration = try await self.configuration()
    let lines = LogLines()
    do {
      try await self.serve(configuration, lines)
    } catch {
      await lines.flush()
      throw error
    }
    await lines.flush()
  }

  private func serve(_ configuration: ServerConfiguration, _ lines: LogLines) async throws {
    var logger = Logger(label: "tokenwire", factory: { StreamLogHandler(label: $0, stream: lines) })
    logger.logLevel = configuration.logLevel
    FileLimit.raise()
    if configuration.access.keyFile != nil { ProcessMemory.hide() }
    // Where the log's file may not grow, its writes fail; by itself, the signal ends the process.
    signal(SIGXFSZ, SIG_IGN)
    let server: TokenwireServer
    do {
      server = try await TokenwireServer(configuration, logger: logger)
    } catch let error as LogError {
      throw CommandFailure(configuration.log?.file ?? "The log", error)
    }
    try await server.run { address, models in
      let names = models.map(\.text).joined(separator: ", ")
      StandardOutput.write(
        "tokenwire is ready on \(address) (\(models.count == 1 ? "model" : "models") \(names))\n"
      )
    }
    // Without exit handlers: they take apart what the thread that loads the model works with.
    if server.isLoading {
      await lines.flush()
      _exit(0)
    }
  }

  /// - Throws: the exit code of wrong usage when a setting cannot be used, wherever it comes from.
  private func configuration() async throws -> ServerConfiguration {
    let environment = Environment.settings
    let file = self.givenConfigurationFile ?? Variable.configuration.value
    do {
      let configuration = try await ServerConfiguration(
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
    } catch let error as ConfigurationError {
      StandardOutput.writeNote("Error: \(error)\n")
      throw ExitCode.validationFailure
    }
  }

  private var flags: [Setting: String] {
    let flags: [Setting: String?] = [
      .generator: self.generator,
      .scriptedText: self.scriptedText,
      .scriptedPace: self.scriptedPace,
      .logLevel: self.logLevel,
    ]
    return flags.merging(self.main.values) { flag, _ in flag }
      .merging(self.engine.values) { flag, _ in flag }
      .merging(self.access.values) { flag, _ in flag }
      .merging(self.log.values) { flag, _ in flag }
      .merging(self.limits.values) { flag, _ in flag }
      .compactMapValues { $0 }
  }
}
