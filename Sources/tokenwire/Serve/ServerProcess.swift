import AccessTokens
import Foundation
import Logging
import Metrics
import PrometheusMetrics
import RequestLog
import TokenwireServer
import UpstreamGeneration

/// A process that runs a server.
struct ServerProcess {
  let configuration: ServerConfiguration
  let lines = LogLines.standardError
  let logger: Logger
  /// Nil when none are served.
  private let metrics: PrometheusRegistry?

  /// Prepares this process for a server.
  init(_ configuration: ServerConfiguration) {
    self.configuration = configuration
    let lines = self.lines
    var logger = Logger(label: "tokenwire", factory: { StreamLogHandler(label: $0, stream: lines) })
    logger.logLevel = configuration.logLevel
    self.logger = logger
    self.metrics = configuration.metricsListen.map { _ in PrometheusRegistry() }
    // Once in a process, and before what counts.
    if let metrics = self.metrics { MetricsSystem.bootstrap(metrics) }
    FileLimit.raise()
    let hasKeys = configuration.upstreams?.models.contains { $0.key != nil } == true
    // The keys, or the password of the log's database, are in it.
    if configuration.access.keyFile != nil || hasKeys
      || configuration.log?.place.isDatabase == true
    {
      ProcessMemory.hide()
    }
    // Where the log's file may not grow, its writes fail; by itself, the signal ends the process.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// The server, which does not run yet.
  ///
  /// - Throws: an error of one sentence for a file that cannot be used.
  func server() async throws -> TokenwireServer {
    do {
      return try await TokenwireServer(
        self.configuration,
        metrics: self.metrics,
        logger: self.logger
      )
    } catch let error as LogError {
      throw CommandFailure(self.configuration.log?.place.description ?? "The log", error)
    }
  }
}
