import HTTPTransport
import Identifiers
import LambdaRuntime
import Listening
import Logging
import TokenwireServer
import UnixSignals

/// A server, and what has it answer the events of Lambda.
struct LambdaFunction {
  private let server: TokenwireServer
  private let process: ServerProcess
  private let api: RuntimeAPI
  private let runtime: LambdaRuntime

  init(
    _ server: TokenwireServer,
    _ process: ServerProcess,
    _ api: RuntimeAPI,
    _ configuration: LambdaRuntime.Configuration
  ) {
    self.server = server
    self.process = process
    self.api = api
    self.runtime = LambdaRuntime(
      api,
      server: FunctionServer(
        at: process.configuration.listen,
        addressField: ServerConfiguration.forwardedFields.address.text,
        timeoutField: ServerConfiguration.forwardedFields.timeout.text
      ),
      configuration,
      logger: process.logger
    )
  }

  /// What one of the tasks has come to.
  private enum End: Sendable {
    case server((any Error)?)
    case runtime((any Error)?)
    case signals
  }

  /// Runs both until SIGTERM or SIGINT, and the events that were taken are answered.
  ///
  /// - Throws: what keeps the server from being ready, which Lambda is told; or that the Runtime API
  ///   is gone.
  func run() async throws {
    let (runtimeEnd, endOfRuntime) = AsyncStream.makeStream(of: Never.self)
    let failure = await withTaskGroup(of: End.self) { group in
      group.addTask { .server(await Self.error { try await self.serve(until: runtimeEnd) }) }
      group.addTask { .runtime(await Self.error { try await self.runtime.run() }) }
      group.addTask {
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
          self.runtime.stop()
        }
        return .signals
      }
      var failure: (any Error)?
      var (serverHasEnded, runtimeHasEnded) = (false, false)
      for await end in group {
        switch end {
        case .server(let error):
          serverHasEnded = true
          failure = failure ?? error
          // The events that wait for the server are told.
          self.runtime.stop(error.map { ReportedError("Start", "\($0)") })
        case .runtime(let error):
          runtimeHasEnded = true
          // Not before: an event that comes with the signal is answered, too.
          endOfRuntime.finish()
          failure = failure ?? error
          if error != nil { group.cancelAll() }
        case .signals: break
        }
        if serverHasEnded, runtimeHasEnded { group.cancelAll() }
      }
      return failure
    }
    guard let failure else { return }
    if !self.runtime.hasBegun { await LambdaCommand.report(failure, to: self.api) }
    throw failure
  }

  private func serve(until end: AsyncStream<Never>) async throws {
    try await self.server.run(until: end) { _, models in
      let names = models.map(\.text).joined(separator: ", ")
      self.process.logger.info("Ready", metadata: ["models": "\(names)"])
      self.runtime.becomeReady()
    }
  }

  private static func error(
    _ body: () async throws -> Void
  ) async -> (any Error)? {
    do {
      try await body()
      return nil
    } catch {
      return error
    }
  }
}
