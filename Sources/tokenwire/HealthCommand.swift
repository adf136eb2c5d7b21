import ArgumentParser
import FrameRPC
import TokenwireAPI
import TokenwireClient

struct HealthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health",
    abstract: "Ask a server whether it serves.",
    discussion: """
      Prints SERVING and exits with 0; while the server loads its model, and while it stops, prints \
      NOT_SERVING and exits with 1. Exits with 2 when the server does not answer.
      """
  )

  @OptionGroup
  var server: ServerFlags

  @Flag(help: "Print the state again whenever it changes, until the server stops.")
  var watch = false

  /// A server that lives answers at once, however much it generates.
  private static let timeout = Duration.seconds(5)

  func run() async throws {
    let status: HealthCheckResponse.ServingStatus
    do throws(CallError) {
      let client = try await self.server.connect()
      status = self.watch ? try await Self.watch(client) : try await Self.check(client)
      await client.close()
    } catch {
      StandardOutput.writeNote("Error: \(error)\n")
      throw ExitCode(2)
    }
    if status != .serving { throw ExitCode(1) }
  }

  private static func check(
    _ client: TokenwireClient
  ) async throws(CallError) -> HealthCheckResponse.ServingStatus {
    let options = CallOptions(timeout: self.timeout)
    let status = try await client.health.check(HealthCheckRequest(), options: options).status
    StandardOutput.write(status.name + "\n")
    return status
  }

  /// - Returns: the last state.
  private static func watch(
    _ client: TokenwireClient
  ) async throws(CallError) -> HealthCheckResponse.ServingStatus {
    var last = HealthCheckResponse.ServingStatus.unknown
    for try await response in try await client.health.watch(HealthCheckRequest()) {
      last = response.status
      StandardOutput.write(last.name + "\n")
    }
    return last
  }
}

extension HealthCheckResponse.ServingStatus {
  /// The name as the protocol writes it, such as "NOT_SERVING".
  fileprivate var name: String {
    switch self {
    case .serving: "SERVING"
    case .notServing: "NOT_SERVING"
    case .serviceUnknown: "SERVICE_UNKNOWN"
    default: "UNKNOWN"
    }
  }
}
