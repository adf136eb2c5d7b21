import ArgumentParser
import Foundation
import Identifiers
import LambdaRuntime
import TokenwireServer

/// Serves a model as a function of AWS Lambda: docs/lambda.md.
struct LambdaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lambda",
    abstract: "Serve a model over HTTP as a function of AWS Lambda.",
    discussion: """
      Answers events of API Gateway and of function URLs; Lambda starts it. \
      \(ServerSettingFlags.precedence)
      """
  )

  @OptionGroup(title: LambdaSettings.title)
  var lambda: SettingFlags<LambdaSettings>

  @OptionGroup
  var settings: ServerSettingFlags

  func run() async throws {
    guard let address = Environment.value(of: "AWS_LAMBDA_RUNTIME_API"),
      let api = RuntimeAPI(address)
    else {
      throw CommandFailure(
        "AWS_LAMBDA_RUNTIME_API is not set: Lambda and its emulator set it (docs/lambda.md), and "
          + "elsewhere a model is served by \"tokenwire serve\""
      )
    }
    let folder: PrivateFolder
    do {
      folder = try PrivateFolder()
    } catch {
      await Self.report(error, to: api)
      throw error
    }
    defer { folder.remove() }
    try await self.run(api, in: folder)
  }

  private func run(_ api: RuntimeAPI, in folder: PrivateFolder) async throws {
    let (process, function): (ServerProcess, LambdaRuntime.Configuration)
    do throws(ConfigurationError) {
      let configuration = try self.settings.configuration()
      process = ServerProcess(try configuration.onLambda(in: folder.path))
      function = try LambdaRuntime.Configuration(flags: self.lambda.values)
    } catch {
      await Self.report(error, to: api)
      StandardOutput.writeNote("Error: \(error)\n")
      throw ExitCode.validationFailure
    }
    defer { process.lines.flush() }
    let server: TokenwireServer
    do {
      server = try await process.server()
    } catch {
      await Self.report(error, to: api)
      throw error
    }
    do {
      try await LambdaFunction(server, process, api, function).run()
    } catch  where server.isLoading {
      // Without exit handlers: they take apart what the thread that loads the model works with.
      StandardOutput.writeNote("Error: \(error)\n")
      process.lines.flush()
      folder.remove()
      _exit(1)
    }
    if server.isLoading {
      process.lines.flush()
      folder.remove()
      _exit(0)
    }
  }

  /// Tells Lambda why the function does not start. Without it, whoever invokes it reads only that
  /// the process has ended.
  static func report(_ error: any Error, to api: RuntimeAPI) async {
    let type = error is ConfigurationError ? "Configuration" : "Start"
    // The error itself ends the command; that it could not be told is a second-rate one.
    try? await api.failInit(ReportedError(type, "\(error)"))
  }
}

extension LambdaRuntime.Configuration {
  /// Reads the settings that only a function has.
  ///
  /// - Parameter flags: those that were given on the command line.
  init(flags: [Identifier: String]) throws(ConfigurationError) {
    let settings = try SettingReader(
      flags: flags,
      environment: Environment.values(of: LambdaSettings.settings),
      file: nil,
      settings: LambdaSettings.settings
    )
    self.init(
      responseMode: try Settings.lambda.responseMode.read(from: settings),
      basePath: try Settings.lambda.basePath.read(from: settings),
      concurrency: Environment.value(of: "AWS_LAMBDA_MAX_CONCURRENCY").flatMap { Int($0) } ?? 1,
      start: .now - (processAge() ?? .zero)
    )
  }
}
