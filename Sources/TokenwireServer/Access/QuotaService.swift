internal import Logging
internal import ServiceLifecycle

/// Exchanges what users have used with the other servers of a cluster.
struct QuotaService: Service {
  /// By what others admit meanwhile, a user can exceed a limit.
  static let interval = Duration.milliseconds(500)

  let users: UserQuotas
  let shared: any SharedQuotas
  let logger: Logger

  func run() async {
    await cancelWhenGracefulShutdown {
      var isLost = false
      while !Task.isCancelled {
        do {
          try await self.users.exchange(with: self.shared)
          if isLost { self.logger.notice("Users' limits count on all servers together again") }
          isLost = false
        } catch {
          if !isLost {
            self.logger.error(
              "Users' limits count on this server alone: the others cannot be told of its calls",
              metadata: ["error": "\(error)"]
            )
          }
          isLost = true
        }
        // Cancellation ends the loop.
        try? await Task.sleep(for: Self.interval)
      }
    }
  }
}
