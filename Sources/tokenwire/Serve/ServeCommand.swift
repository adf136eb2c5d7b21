import ArgumentParser
import Foundation
import Identifiers
import Systemd
import TokenwireServer

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a model until Ctrl-C or SIGTERM.",
    discussion: ServerSettingFlags.precedence
  )

  @OptionGroup
  var settings: ServerSettingFlags

  func run() async throws {
    // Until the server can stop in order. A process that is the first of its container would not get
    // the signal at all.
    signal(SIGTERM) { _ in _exit(0) }
    let process = ServerProcess(try self.configuration())
    // Before the error that ends the command.
    defer { process.lines.flush() }
    let server = try await process.server()
    let report: ServiceReport?
    do throws(NotifyError) {
      report = try ServiceReport(logger: process.logger)
    } catch {
      throw CommandFailure("\(error)")
    }
    // Beyond the calls' time, for what ignores that it is over, and for the last entries of the log.
    let needed = process.configuration.shutdownGracePeriod + .seconds(15)
    try await report.during { try await Self.serve(server, report, stoppingWithin: needed) }
    // Without exit handlers: they take apart what the thread that loads the model works with.
    if server.isLoading {
      process.lines.flush()
      _exit(0)
    }
  }

  private static func serve(
    _ server: TokenwireServer,
    _ report: ServiceReport?,
    stoppingWithin needed: Duration
  ) async throws {
    try await server.run(
      onStopping: {
        report?.report(
          .stopping,
          .needs(needed),
          .status("Stopping: running calls may end")
        )
      },
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
    do throws(ConfigurationError) {
      return try self.settings.configuration()
    } catch {
      StandardOutput.writeNote("Error: \(error)\n")
      throw ExitCode.validationFailure
    }
  }
}
