import ArgumentParser
import Foundation
import Identifiers
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
    let process = ServerProcess(try self.configuration())
    // Before the error that ends the command.
    defer { process.lines.flush() }
    let server = try await process.server()
    try await server.run { address, models in
      let names = models.map(\.text).joined(separator: ", ")
      StandardOutput.write(
        "tokenwire is ready on \(address) (\(models.count == 1 ? "model" : "models") \(names))\n"
      )
    }
    // Without exit handlers: they take apart what the thread that loads the model works with.
    if server.isLoading {
      process.lines.flush()
      _exit(0)
    }
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

  /// What was given, by the names of the settings.
  var flags: [Identifier: String] { self.settings.values }
}
