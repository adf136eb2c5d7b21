import ArgumentParser
import Identifiers
import Listening
import Protobuf
import RPC
import TokenwireAPI
import TokenwireClient

struct HealthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health",
    abstract: "Ask a server whether it serves.",
    discussion: """
      Prints SERVING and exits with 0; while the server loads its model, and while it stops, prints \
      NOT_SERVING and exits with 1. Exits with 2 when the server does not answer, and with 64 when \
      the command line is wrong, or a file that it names cannot be used.
      """
  )

  @Flag(help: "Print the state again whenever it changes, until the server stops.")
  var watch = false

  @Option(
    help: """
      Give up after this time, such as 30s, connecting included. (default: 5s; with --watch inf)
      """,
    transform: TimeLimit.init(flag:)
  )
  var timeout: TimeLimit?

  @OptionGroup
  var server: ServerFlags

  func run() async throws {
    let status: HealthCheckResponse.ServingStatus
    do {
      // A live server answers at once, however busy it is.
      let timeout = self.timeout.map(\.duration) ?? (self.watch ? nil : .seconds(5))
      let begin = ContinuousClock.now
      let client = try await self.server.connect(timeout: timeout)
      let options = CallOptions(timeout: timeout, since: begin)
      status =
        self.watch
        ? try await Self.watch(client, options) : try await Self.check(client, options)
      await client.close()
    } catch let error as CallError {
      throw Self.unanswered(CommandFailure(error, hasToken: false))
    } catch let error as CommandFailure {
      throw Self.unanswered(error)
    } catch let error as TLSError {
      // The server was not asked, so neither SERVING nor NOT_SERVING is known.
      StandardOutput.writeNote("Error: \(TLSAdvice.addingFlags(to: error.message))\n")
      throw ExitCode.validationFailure
    }
    if status != .serving { throw ExitCode(1) }
  }

  private static func unanswered(_ failure: CommandFailure) -> ExitCode {
    StandardOutput.writeNote("Error: \(failure)\n")
    return ExitCode(2)
  }

  private static func check(
    _ client: TokenwireClient,
    _ options: CallOptions
  ) async throws(CallError) -> HealthCheckResponse.ServingStatus {
    let status = try await client.health.check(HealthCheckRequest(), options: options).status
    StandardOutput.write(status.name + "\n")
    return status
  }

  /// - Returns: the last state.
  private static func watch(
    _ client: TokenwireClient,
    _ options: CallOptions
  ) async throws(CallError) -> HealthCheckResponse.ServingStatus {
    var last = HealthCheckResponse.ServingStatus.unknown
    for try await response in try await client.health.watch(HealthCheckRequest(), options: options)
    {
      last = response.status
      StandardOutput.write(last.name + "\n")
    }
    return last
  }
}

extension HealthCheckResponse.ServingStatus {
  /// The name as the protocol writes it, such as "NOT_SERVING".
  fileprivate var name: String { (self.protoName ?? "UNKNOWN").text }
}
